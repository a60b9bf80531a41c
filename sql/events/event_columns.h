// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "sql/table_words.h"

namespace heaptap::sql {

/// The columns of `events`, by position.
enum class EventColumn : std::uint8_t {
  AtNs,
  Kind,
  Number,
  Thread,
  Address,
  Size,
  Pair,
  Site,
  Stack,
  Heap,
  Origin,
  Weight,
  FreeStack,
  AllocatedBy,
  LifetimeNs,
};

/// A set of them.
class EventColumns {
 public:
  constexpr EventColumns() = default;
  /// As SQLite has them (sqlite3_index_info::colUsed).
  constexpr explicit EventColumns(std::uint64_t bits) : m_bits(bits) {}

  constexpr void add(EventColumn column) { m_bits |= std::uint64_t{1} << static_cast<unsigned>(column); }
  constexpr void remove(EventColumn column) {
    m_bits &= ~(std::uint64_t{1} << static_cast<unsigned>(column));
  }
  [[nodiscard]] constexpr bool has(EventColumn column) const {
    return (m_bits >> static_cast<unsigned>(column) & 1) != 0;
  }
  template <class... Columns>
  [[nodiscard]] constexpr bool hasAny(Columns... columns) const {
    return (has(columns) || ...);
  }
  /// Some column is a matter of the event's pair.
  [[nodiscard]] constexpr bool needsPairs() const {
    using enum EventColumn;
    return hasAny(Size, Pair, Site, Stack, Heap, Origin, Weight);
  }
  /// Some column of a free is a matter of its allocation, as it was recorded.
  [[nodiscard]] constexpr bool needsBirths() const {
    return hasAny(EventColumn::Address, EventColumn::AllocatedBy, EventColumn::LifetimeNs);
  }
  [[nodiscard]] constexpr std::uint64_t bits() const { return m_bits; }

 private:
  std::uint64_t m_bits = 0;
};

inline constexpr std::array kEventColumns{
    ColumnWords{"at_ns", "INTEGER", "since the start of the session; never less than the one before"},
    ColumnWords{"kind", "TEXT", "allocation or free"},
    ColumnWords{"number", "INTEGER", "of the allocation, from 0; of a free: of the allocation that it ends"},
    ColumnWords{"thread", "INTEGER", "id of the thread that did it"},
    ColumnWords{"address", "INTEGER",
                "of the block; NULL: of a free whose allocation is no longer in the file"},
    ColumnWords{"size", "INTEGER", "requested bytes of the block"},
    ColumnWords{"pair", "INTEGER", "id of the pair"},
    ColumnWords{"site", "INTEGER", "id of the site, where the block was allocated"},
    ColumnWords{"stack", "INTEGER", "id of the stack that allocated: stacks(stack), stack_text(stack)"},
    ColumnWords{"heap", "TEXT", "malloc, mappings, or a name that the program gave"},
    ColumnWords{"origin", "TEXT", "the entry point that allocated: malloc, operator new"},
    ColumnWords{"weight", "REAL", "how many the event stands for: 1 where all are recorded"},
    ColumnWords{"free_stack", "INTEGER", "of a free: the stack that freed; NULL: not recorded, or no free"},
    ColumnWords{"allocated_by", "INTEGER", "id of the thread that allocated the block; NULL: as for address"},
    ColumnWords{"lifetime_ns", "INTEGER",
                "of a free: since the allocation; NULL: as for address, or no free"},
};

inline constexpr TableWords kEventsWords{
    "events", "Each allocation and each free, in their order, as far as the file has them", kEventColumns};

}  // namespace heaptap::sql
