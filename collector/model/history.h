// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "collector/model/resident_memory.h"
#include "counting/timeline.h"

namespace heaptap::model {

/// Frees by floor(log2(lifetime in ns)); where allocations are sampled, what they stand for.
using LifetimeHistogram = std::array<std::uint64_t, 64>;

/// A named moment, and what had been counted then.
struct Mark {
  /// Whether the whole heap at this moment was wanted, and is in the session's file.
  enum class Snapshot : std::uint8_t { None, Kept, NotKept };

  std::string name;
  std::uint64_t atNs = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t liveBlocks = 0;
  std::uint64_t allocations = 0;
  double liveVariance = 0;  ///< Of liveBytes, where it is an estimate.
  Snapshot snapshot = Snapshot::None;

  bool operator==(const Mark&) const = default;
};

/// What a session has counted over time, from its start.
struct History {
  counting::Timeline timeline;
  LifetimeHistogram lifetimes{};
  ResidentMemory resident;
  std::vector<Mark> marks;  ///< In their order.
};

}  // namespace heaptap::model
