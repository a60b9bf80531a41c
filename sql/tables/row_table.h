// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "sql/cell.h"
#include "sql/session_context.h"
#include "sql/table_words.h"

namespace heaptap::sql {

/// One row of a table that shows what a decoded session has by position.
struct Row {
  const DecodedSession& session;
  std::size_t at;
};

/// A column, and what it has in a row.
struct Field {
  ColumnWords words;
  void (*value)(const Row& row, Cell cell);
};

/// A table over what a decoded session has by position. Each is a file that returns one of these, and a row
/// in sql/tables/all_tables.cpp.
struct RowTableWords {
  std::string_view name;
  std::string_view meaning;
  std::span<const Field> fields;
  std::size_t (*rows)(const DecodedSession& session);
  /// The first column is the row's position and this: a row is found by it at once.
  std::int64_t firstId = 0;
  bool hasId = true;  ///< False: it is something else.
};

/// As VirtualTable wants it.
class RowTable {
 public:
  explicit RowTable(const RowTableWords& table);

  [[nodiscard]] TableWords words() const { return {m_table.name, m_table.meaning, *m_columns}; }
  int plan(sqlite3_index_info& info) const;

  class Cursor {
   public:
    Cursor(SessionContext& context, const RowTableWords& table) : m_context(&context), m_table(&table) {}

    Result<void> filter(int plan, const char*, std::span<sqlite3_value* const> values);
    Result<void> next() {
      ++m_at;
      return {};
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_end; }
    void column(Cell cell, int column) const {
      m_table->fields[static_cast<std::size_t>(column)].value({*m_session, m_at}, cell);
    }
    [[nodiscard]] sqlite3_int64 rowid() const { return static_cast<sqlite3_int64>(m_at); }

   private:
    SessionContext* m_context;
    const RowTableWords* m_table;
    SharedSession m_session;
    std::size_t m_at = 0;
    std::size_t m_end = 0;
  };
  [[nodiscard]] Cursor open(SessionContext& context) const { return {context, m_table}; }

 private:
  const RowTableWords& m_table;
  std::shared_ptr<const std::vector<ColumnWords>> m_columns;
};

}  // namespace heaptap::sql
