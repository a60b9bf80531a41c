// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/cell.h"
#include "sql/session_context.h"
#include "sql/table_words.h"
#include "sql/tree/tree_sessions.h"

namespace heaptap::sql {

/// A table of a session, of all sessions of a tree, as VirtualTable wants it: the rows of the one after those
/// of the other, with two columns before: `session`, its place in the tree from 1, and `pid`, where the table
/// has none.
///
///     SELECT … FROM events WHERE at_ns < 5  ─►  for each session: SELECT NULL, "kind", … FROM "events" WHERE
///     "at_ns" < ?
///
/// What a statement says of columns is said to each session, which knows how to look things up.
class TreeTable {
 public:
  TreeTable(const TableWords& own, std::shared_ptr<TreeSessions> sessions);

  [[nodiscard]] const TableWords& words() const { return m_shape->words; }
  int plan(sqlite3_index_info& info) const;

 private:
  struct Shape {
    TableWords own;
    std::vector<ColumnWords> columns;
    TableWords words;
    int added = 1;  ///< Columns before those of the table itself.
  };
  struct FreeValue {
    void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Condition {
    int column = 0;
    int op = 0;
    std::unique_ptr<sqlite3_value, FreeValue> value;
  };

 public:
  class Cursor {
   public:
    Cursor(std::shared_ptr<const Shape> shape, std::shared_ptr<TreeSessions> sessions)
        : m_shape(std::move(shape)), m_sessions(std::move(sessions)) {}

    Result<void> filter(int plan, const char* text, std::span<sqlite3_value* const> values);
    Result<void> next();
    [[nodiscard]] bool atEnd() const { return m_at >= m_sessions->size(); }
    void column(Cell cell, int column) const;
    [[nodiscard]] sqlite3_int64 rowid() const { return m_row; }

   private:
    Result<void> beginSession();
    /// False: nothing of this session is meant.
    Result<bool> prepare();
    [[nodiscard]] std::string statement() const;
    Result<bool> step();
    Result<void> failed(int status);

    std::shared_ptr<const Shape> m_shape;
    std::shared_ptr<TreeSessions> m_sessions;
    std::uint64_t m_used = 0;  ///< Bits of the columns that are wanted; the last one stands for all beyond.
    std::vector<Condition> m_conditions;
    std::optional<client::TreeInstant> m_instant;
    std::size_t m_at = 0;
    std::size_t m_end = 0;
    std::shared_ptr<OpenedMember> m_member;  ///< Before the statement, which is of its connection.
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    sqlite3_int64 m_row = 0;
  };
  [[nodiscard]] Cursor open(SessionContext&) const { return {m_shape, m_sessions}; }

 private:
  std::shared_ptr<const Shape> m_shape;
  std::shared_ptr<TreeSessions> m_sessions;
};

/// Makes the tables and functions of a tree known to a connection. Returns what notes their errors. Errors:
/// Internal.
[[nodiscard]] Result<std::shared_ptr<SessionContext>> addTreeTables(
    sqlite3* connection, const std::shared_ptr<TreeSessions>& sessions);

}  // namespace heaptap::sql
