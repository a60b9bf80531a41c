// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "collector/model/pair.h"

namespace heaptap::query {

/// Over-allocation, summed up. Units: bytes. Pairs of which the allocator says nothing are left out.
struct Slack {
  bool known = false;  ///< Of any pair.
  std::uint64_t allocated = 0;
  std::uint64_t live = 0;
  std::uint64_t atPeak = 0;

  void add(const model::Pair& pair, const model::PairCounters& counters) {
    if (pair.slack == model::Pair::kUnknownSlack || counters.allocations == 0) return;
    known = true;
    allocated += counters.allocations * pair.slack;
    live += counters.live * pair.slack;
    atPeak += counters.liveAtPeak * pair.slack;
  }

  /// Writes it into a Summary or a Site.
  template <class Message>
  void writeTo(Message& message) const {
    if (!known) return;
    message.set_allocated_slack_bytes(allocated);
    message.set_live_slack_bytes(live);
    message.set_peak_slack_bytes(atPeak);
  }
};

}  // namespace heaptap::query
