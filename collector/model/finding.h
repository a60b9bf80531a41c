// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "collector/model/ids.h"

namespace heaptap::model {

/// A wrong use of the heap, as often as it was made with the same stacks.
struct Finding {
  /// The values are those of v1::FindingKind.
  enum class Kind : std::uint8_t {
    DoubleFree = 1,
    UnknownFree = 2,
    MismatchedFree = 3,
    WrongSize = 4,
    WrongAlignment = 5
  };

  Kind kind{};
  std::uint64_t count = 0;
  std::optional<PairId> pair = std::nullopt;  ///< Of the block; none when it is not known.
  Origin freeOrigin{};
  StackId freeStack{};             ///< The empty stack: not recorded; likewise the next.
  StackId earlierFreeStack{};      ///< Of a double free: what freed the block before.
  std::uint64_t declaredSize = 0;  ///< Of a wrong size or alignment, in bytes; 0: only known to be wrong.
  std::uint64_t firstNs = 0;
  ThreadIndex thread{};
  std::uint64_t address = 0;
  HeapId heap{};
  bool ownOperator = false;  ///< None after all: an operator of a library's own called malloc or free.

  bool operator==(const Finding&) const = default;
};

}  // namespace heaptap::model
