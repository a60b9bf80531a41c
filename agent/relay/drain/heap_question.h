// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/names/stack_import.h"

namespace heaptap::relay {

/// A program asks what of a span is left (wire::Question): the heap as it was at that event.
struct HeapQuestion {
  static constexpr std::uint32_t kOlder = 0xFFFF'FFFF;

  struct Block {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::uint64_t number = 0;     ///< As Block::number.
    std::uint32_t site = kOlder;  ///< Of a block of the span: index in `sites`.
  };

  std::uint32_t number = 0;
  bool isOfAll = false;  ///< All that is live is asked for, not only what cannot be reached.
  bool isSpanKnown = false;
  bool isSampled = false;
  bool isComplete = false;                     ///< There are no blocks that were not recorded.
  std::uint64_t stack = 0;                     ///< From here upwards that of the asking thread is in use.
  std::vector<Block> blocks = {};              ///< Live ones, ascending. None where none is of the span.
  std::vector<std::vector<Frame>> sites = {};  ///< Innermost first.
};

}  // namespace heaptap::relay
