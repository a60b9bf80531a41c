// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "sql/cell.h"
#include "sql/events/event_groups.h"
#include "sql/events/event_scan.h"
#include "sql/session_context.h"

namespace heaptap::sql {

/// The table `events`, as VirtualTable wants it: constraints on time, number, address, thread, kind and
/// everything of the pair are left to the scan; rows are in the order of at_ns.
class EventsTable {
 public:
  [[nodiscard]] const TableWords& words() const { return kEventsWords; }
  int plan(sqlite3_index_info& info) const;

  class Cursor {
   public:
    explicit Cursor(SessionContext& context) : m_context(&context) {}

    Result<void> filter(int, const char* planText, std::span<sqlite3_value* const> values);
    Result<void> next() {
      if (++m_at < m_count) [[likely]] {
        if (m_groups) m_context->setRowStandsFor(m_groups->times[m_at]);
        return {};
      }
      return nextBatch();
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_count; }
    void column(Cell cell, int column) const;
    [[nodiscard]] sqlite3_int64 rowid() const;

   private:
    Result<void> nextBatch();
    /// In place of the events, where the statement only adds them up.
    Result<void> group(EventColumns columns);
    /// Position in the batch.
    [[nodiscard]] std::size_t event() const { return m_selected == nullptr ? m_at : m_selected[m_at]; }

    SessionContext* m_context;
    SharedSession m_session;
    std::unique_ptr<EventScan> m_scan;
    std::optional<EventGroups> m_groups;
    std::size_t m_at = 0;
    std::size_t m_count = 0;
    const std::uint32_t* m_selected = nullptr;  ///< Null: all.
    const std::uint64_t* m_sizes = nullptr;     ///< By pair; where they are wanted.
    const std::uint32_t* m_sites = nullptr;
  };
  [[nodiscard]] Cursor open(SessionContext& context) const { return Cursor(context); }
};

}  // namespace heaptap::sql
