// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "collector/model/ids.h"

/// What the model counts. Times are in ns since the session's start.
namespace heaptap::model {

struct Allocation {
  std::uint64_t atNs;
  ThreadIndex thread;
  PairId pair;
};

struct Free {
  std::uint64_t atNs;
  ThreadIndex thread;
  std::uint64_t number;  ///< Of the allocation that ends, counted from 0 over the session.
  PairId pair;           ///< That allocation's.
  std::uint8_t lifetimeLog2;
  StackId stack{};                               ///< Of the free; the empty stack: not recorded.
  std::optional<bool> temporary = std::nullopt;  ///< As the target says, where allocations are sampled.
};

}  // namespace heaptap::model
