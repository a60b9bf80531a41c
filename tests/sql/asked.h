// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "sql/query/session_query.h"

namespace heaptap::sql {

/// The rows of all statements that were run, as texts: NULL is `NULL`.
class KeptRows : public RowSink {
 public:
  void begin(const std::vector<std::string>& columns) override { names = columns; }
  bool row(std::span<const Value> values) override {
    struct {
      std::string operator()(std::monostate) const { return "NULL"; }
      std::string operator()(std::int64_t number) const { return std::to_string(number); }
      std::string operator()(double number) const { return std::to_string(number); }
      std::string operator()(std::string_view text) const { return std::string(text); }
      std::string operator()(const BlobValue& blob) const { return std::string(blob.bytes); }
    } constexpr kText;
    auto& row = rows.emplace_back();
    for (const Value& value : values) row.push_back(std::visit(kText, value));
    return rows.size() < mostRows;
  }
  void end() override { ++statements; }

  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
  std::size_t statements = 0;
  std::size_t mostRows = 1'000'000;
};

/// A session file that is asked.
class Asked {
 public:
  explicit Asked(const std::filesystem::path& file, const QueryLimits& limits = {})
      : m_query(SessionQuery::open(file, limits, m_isInterrupted, [] { ADD_FAILURE() << "it got stuck"; })) {
    EXPECT_TRUE(m_query) << m_query.error().line();
  }

  /// Rows; fails where the statement does.
  std::vector<std::vector<std::string>> rows(const std::string& statements) {
    KeptRows kept;
    const auto run = m_query->run(statements, kept);
    EXPECT_TRUE(run) << run.error().line() << "\n" << statements;
    return kept.rows;
  }
  /// The only value of the only row.
  std::string value(const std::string& statement) {
    const auto found = rows(statement);
    if (found.size() == 1 && found[0].size() == 1) return found[0][0];
    ADD_FAILURE() << found.size() << " rows for: " << statement;
    return {};
  }
  /// Fails where the statement does not.
  Error error(const std::string& statements) {
    KeptRows kept;
    const auto run = m_query->run(statements, kept);
    EXPECT_FALSE(run) << statements;
    return run ? Error{} : run.error();
  }
  SessionQuery& query() { return *m_query; }
  std::atomic<bool>& isInterrupted() { return m_isInterrupted; }

 private:
  std::atomic<bool> m_isInterrupted = false;
  Result<SessionQuery> m_query;
};

}  // namespace heaptap::sql
