// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "collector/model/ids.h"
#include "collector/model/live_block.h"

namespace heaptap::model {

enum class BlockOrder : std::uint8_t { Address, Size, Age };

/// Which of the live blocks are asked for. All that is said must hold.
struct BlockQuery {
  static constexpr std::uint64_t kMost = 1U << 20;  ///< `skip`; and of `limit` half the most.

  std::uint64_t fromAddress = 0;
  std::uint64_t toAddress = std::numeric_limits<std::uint64_t>::max();  ///< Not included.
  std::vector<PairId> pairs = {};                                       ///< Ascending. Empty: of all.
  std::vector<ThreadIndex> threads = {};  ///< That have allocated them. Empty: any.
  bool containsFrom = false;  ///< Instead of beginning in the range, they have the byte at `fromAddress`.
  std::uint64_t bornFromNs = 0;
  std::uint64_t bornToNs = std::numeric_limits<std::uint64_t>::max();  ///< Included.
  BlockOrder order = BlockOrder::Address;
  std::uint64_t skip = 0;
  std::uint64_t limit = 1000;
};

/// Those that qualify: how many there are, and a page of them in the order that was asked for.
struct BlockPage {
  std::uint64_t blocks = 0;  ///< Recorded ones: those that pages list.
  std::uint64_t bytes = 0;   ///< What they count for.
  /// Of sampled blocks: how many they stand for, and the variances of both numbers.
  struct Estimated {
    std::uint64_t blocks = 0;
    double blocksVariance = 0;
    double bytesVariance = 0;
  };
  std::optional<Estimated> estimated =
      std::nullopt;  ///< None: every allocation was recorded, or none is here.
  std::vector<LiveBlock> page = {};
};

/// A block, and when it ended.
struct BlockLife {
  LiveBlock block;
  struct End {
    std::uint64_t atNs = 0;
    ThreadIndex thread{};
    StackId stack{};  ///< The empty stack: not recorded.

    bool operator==(const End&) const = default;
  };
  std::optional<End> end = std::nullopt;  ///< None: it is live.

  bool operator==(const BlockLife&) const = default;
};

/// What lay at some addresses over time.
struct AddressHistory {
  std::uint64_t blocks = 0;       ///< In all.
  std::uint64_t knownFromNs = 0;  ///< Earlier events are no longer stored.
  std::vector<BlockLife> lives;   ///< In the order in which they were allocated: the first ones.
};

}  // namespace heaptap::model
