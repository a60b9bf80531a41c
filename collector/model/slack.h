// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "collector/model/pair.h"

namespace heaptap::model {

/// Over-allocation, summed up. Units: bytes. Pairs of which the allocator says nothing are left out.
struct Slack {
  bool known = false;  ///< Of any pair.
  std::uint64_t allocated = 0;
  std::uint64_t live = 0;
  std::uint64_t atPeak = 0;

  void add(const Pair& pair, const PairCounters& counters) {
    if (pair.slack == Pair::kUnknownSlack || counters.allocations == 0) return;
    known = true;
    const auto bytes = [&](std::uint64_t recorded) {
      if (pair.sampleInterval == 0) return recorded * pair.slack;
      return static_cast<std::uint64_t>(pair.weight() * static_cast<double>(recorded) *
                                        static_cast<double>(pair.slack));
    };
    allocated += bytes(counters.allocations);
    live += bytes(counters.live);
    atPeak += bytes(counters.liveAtPeak);
  }

  /// Writes it into a Summary.
  template <class Message>
  void writeTo(Message& message) const {
    if (!known) return;
    message.set_allocated_slack_bytes(allocated);
    message.set_live_slack_bytes(live);
    message.set_peak_slack_bytes(atPeak);
  }
};

}  // namespace heaptap::model
