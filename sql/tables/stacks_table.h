// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/error.h"
#include "client/stack_lines.h"
#include "sql/cell.h"
#include "sql/session_context.h"
#include "sql/table_words.h"

namespace heaptap::sql {

/// The table `stacks`, as VirtualTable wants it: the lines of a stack, or of all of them.
class StacksTable {
 public:
  [[nodiscard]] const TableWords& words() const;
  int plan(sqlite3_index_info& info) const;

  class Cursor {
   public:
    explicit Cursor(SessionContext& context) : m_context(&context) {}

    Result<void> filter(int plan, const char*, std::span<sqlite3_value* const> values);
    Result<void> next();
    [[nodiscard]] bool atEnd() const { return m_stack >= m_end; }
    void column(Cell cell, int column) const;
    [[nodiscard]] sqlite3_int64 rowid() const {
      return static_cast<sqlite3_int64>(m_stack * client::kMaxStackLines + m_line);
    }

   private:
    /// To the first line, from the stack m_stack on.
    void findLines();

    SessionContext* m_context;
    SharedSession m_session;
    std::uint64_t m_stack = 0;
    std::uint64_t m_end = 0;
    std::vector<client::StackLine> m_lines;
    std::size_t m_line = 0;
  };
  [[nodiscard]] Cursor open(SessionContext& context) const { return Cursor(context); }
};

}  // namespace heaptap::sql
