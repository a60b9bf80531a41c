// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/replay/live_blocks.h"
#include "sql/cell.h"
#include "sql/session_context.h"
#include "sql/table_words.h"

namespace heaptap::sql {

/// The table `blocks_at`, as VirtualTable wants it: the blocks that are live at an instant.
class BlocksTable {
 public:
  [[nodiscard]] const TableWords& words() const;
  int plan(sqlite3_index_info& info) const;

  class Cursor {
   public:
    explicit Cursor(SessionContext& context) : m_context(&context) {}

    Result<void> filter(int plan, const char*, std::span<sqlite3_value* const> values);
    Result<void> next() {
      ++m_at;
      return {};
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_blocks.size(); }
    void column(Cell cell, int column) const;
    [[nodiscard]] sqlite3_int64 rowid() const { return static_cast<sqlite3_int64>(m_blocks[m_at].number); }

   private:
    SessionContext* m_context;
    SharedSession m_session;
    std::uint64_t m_instantNs = 0;
    std::vector<model::LiveBlock> m_blocks;  ///< By number.
    std::size_t m_at = 0;
  };
  [[nodiscard]] Cursor open(SessionContext& context) const { return Cursor(context); }
};

}  // namespace heaptap::sql
