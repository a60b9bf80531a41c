// SPDX-License-Identifier: Apache-2.0
//
// docs/schema.md against a session that was recorded: each query has rows, or says why none; each table and
// column of the program and of the file is described, in the program's own words where it has some.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/e2e/query_session.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string page() { return readFile(std::string(HEAPTAP_SOURCE_FOLDER) + "/docs/schema.md"); }

std::vector<std::string> queriesOf(const std::string& text) {
  std::vector<std::string> queries;
  static constexpr std::string_view kBegin = "\n```sql\n";
  for (std::size_t at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at)) {
    at += kBegin.size();
    queries.push_back(text.substr(at, text.find("\n```", at) - at));
  }
  return queries;
}

/// By table: the names of its columns, in order. And of each column what the page says, `name | TYPE |
/// meaning`.
struct Described {
  std::map<std::string, std::vector<std::string>> columns;
  std::string rows;
};

Described describedIn(const std::string& text) {
  Described described;
  std::istringstream lines(text);
  static const std::regex kHead("### `(\\w+)`"), kRow("\\| `(\\w+)` \\|(.*)");
  std::string table;
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, kHead)) table = match[1];
    if (line.starts_with("## ")) table.clear();
    if (table.empty() || !std::regex_match(line, match, kRow)) continue;
    described.columns[table].push_back(match[1]);
    described.rows += table + "." + line + "\n";
  }
  return described;
}

class SchemaPage : public testing::Test {
 protected:
  static QuerySession& session() {
    static QuerySession recorded;
    return recorded;
  }
};

TEST_F(SchemaPage, HasNoQueryWithoutAnAnswer) {
  const std::vector<std::string> queries = queriesOf(page());
  EXPECT_GE(queries.size(), 15U);
  for (const std::string& query : queries) {
    const Outcome outcome = session().query({query, "--format", "json"});
    ASSERT_EQ(outcome.status, 0) << query << "\n" << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const auto rows = nlohmann::json::parse(outcome.out);
    const bool mayBeEmpty = query.find("-- No rows ") != std::string::npos;
    EXPECT_TRUE(mayBeEmpty || !rows.empty()) << query;
    for (const auto& row : rows)
      for (const auto& [name, value] : row.items())
        EXPECT_FALSE(value.is_null() && rows.size() == 1) << name << " is null for " << query;
  }
}

TEST_F(SchemaPage, DescribesEveryTableOfTheProgram) {
  const Described described = describedIn(page());
  const std::string tables = session().query({"--tables"}).out;
  static const std::regex kTable("(\\w+): ([^\n]+)"), kColumn("  (\\w+) +(INTEGER|REAL|TEXT|) +([^ ].*)");
  std::istringstream lines(tables.substr(tables.find("\n\n")));
  std::string table;
  std::map<std::string, std::vector<std::string>> columns;
  std::smatch match;
  for (std::string line; std::getline(lines, line) && line != "Functions:";) {
    if (std::regex_match(line, match, kTable)) {
      table = match[1];
      EXPECT_THAT(page(), HasSubstr("### `" + table + "`\n\n" + match[2].str() + ".\n"));
    } else if (std::regex_match(line, match, kColumn)) {
      columns[table].push_back(match[1]);
      EXPECT_THAT(described.rows, HasSubstr(table + ".| `" + match[1].str() + "` | " + match[2].str() +
                                            " | " + match[3].str() + " |\n"));
    }
  }
  EXPECT_THAT(columns, SizeIs(12));
  for (const auto& [name, own] : columns) EXPECT_EQ(described.columns.at(name), own) << name;
}

TEST_F(SchemaPage, DescribesEveryTableOfTheFileAndNoOther) {
  Described described = describedIn(page());
  const auto rows = nlohmann::json::parse(
      session()
          .query({"SELECT s.name AS t, c.name AS c FROM sqlite_schema s JOIN pragma_table_info(s.name) c "
                  "WHERE s.type IN ('table', 'view') ORDER BY s.rowid, c.cid",
                  "--format", "json"})
          .out);
  std::map<std::string, std::vector<std::string>> stored;
  for (const auto& row : rows) stored[row["t"]].push_back(row["c"]);
  EXPECT_GE(stored.size(), 20U);
  for (const auto& [name, columns] : stored) {
    EXPECT_EQ(described.columns[name], columns) << name;
    described.columns.erase(name);
  }
  // What is left are heaptap's own.
  EXPECT_THAT(described.columns, SizeIs(12));
}

}  // namespace
}  // namespace heaptap::test
