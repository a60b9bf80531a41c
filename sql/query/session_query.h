// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sql/query/value.h"
#include "sql/tree/tree_files.h"

namespace heaptap::sql {

/// How much statements may use.
struct QueryLimits {
  std::chrono::milliseconds time{60'000};
  std::uint64_t memoryBytes = std::uint64_t{1} << 30;  ///< Of SQLite in this process.
};

/// That statements have taken longer than they may.
[[nodiscard]] Error timeIsOver(std::chrono::milliseconds limit);

/// A session file that is asked in SQL: its stored tables, and those of sql/. It is never written, and all
/// statements see it at one moment, also while a collector writes on.
/// Threads: one at a time.
class SessionQuery {
 public:
  /// `isInterrupted`: set by the caller when it wants an end; lives longer. `onStuck`: as TimeLimit's.
  /// Errors: NotFound, NotPermitted, NotASession, SchemaTooNew, Corrupt.
  static Result<SessionQuery> open(const std::filesystem::path& file, const QueryLimits& limits,
                                   const std::atomic<bool>& isInterrupted, std::function<void()> onStuck);
  /// The same tables of several sessions, each row with that of which it is (sql/tree/tree_table.h). A
  /// session that cannot be read is left out, and notes() say so. Errors: Internal.
  static Result<SessionQuery> openTree(TreeFiles files, const QueryLimits& limits,
                                       const std::atomic<bool>& isInterrupted, std::function<void()> onStuck);
  SessionQuery(SessionQuery&&) noexcept;
  SessionQuery& operator=(SessionQuery&&) noexcept;
  ~SessionQuery();

  /// Runs statements, one after the other, until one fails.
  /// Errors: Usage: it is wrong, or would do more than read; Unavailable: it was interrupted, or has reached
  /// a
  ///         limit; Corrupt: the file; StorageFull: a temporary file.
  Result<void> run(std::string_view statements, RowSink& rows);

  /// A table or view that the file has itself.
  struct StoredTable {
    std::string name;
    std::vector<std::string> columns;
  };
  Result<std::vector<StoredTable>> storedTables();

  /// Events that the session has counted and the file does not have, where a statement has looked at events.
  [[nodiscard]] std::uint64_t missingEvents() const;
  /// Which sessions of a tree are left out, and why, a line each.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  struct Parts;
  explicit SessionQuery(std::unique_ptr<Parts> parts);
  Result<std::size_t> runFirst(std::string_view statements, RowSink& rows);
  Result<void> readRows(void* statement, RowSink& rows, bool& isEnough);
  [[nodiscard]] Error errorOf(int status) const;

  std::unique_ptr<Parts> m_parts;
};

}  // namespace heaptap::sql
