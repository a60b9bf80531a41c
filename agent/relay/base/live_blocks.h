// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/relay/base/large_array.h"

namespace heaptap::relay {

/// A moment from which short times are counted. See AllocationTimes.
struct TimeMoment {
  std::uint64_t firstNumber = 0;  ///< Of the first allocation that counts from it.
  std::uint64_t timeNs = 0;
};

/// The session's live blocks at one moment, as they are copied fastest: in no order, most of them with times
/// as the table has them. What takes longer is left to the thread that packs them (KeyframeWriter).
struct LiveBlocks {
  struct Row {
    std::uint64_t number = 0;
    std::uint64_t address = 0;
    std::uint32_t pair = 0;
    std::uint32_t shortTime = 0;
  };
  static_assert(sizeof(Row) == 24);
  /// Rows up to `end`, from those of the table before it.
  struct Table {
    std::size_t end = 0;
    std::vector<TimeMoment> moments;  ///< By number. Not empty where there are rows.
  };
  /// A block with its time as it is.
  struct WholeRow {
    std::uint64_t number = 0;
    std::uint64_t address = 0;
    std::uint64_t timeNs = 0;
    std::uint32_t pair = 0;
  };

  std::uint64_t firstAllocation = 0;  ///< Number of the next allocation.
  LargeArray<Row> rows = {};
  std::vector<Table> tables = {};
  std::vector<WholeRow> wholeRows = {};

  [[nodiscard]] std::size_t size() const { return rows.size() + wholeRows.size(); }
};

}  // namespace heaptap::relay
