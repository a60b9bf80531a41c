// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::relay {

/// Plain values of wire::DropCounters and wire::ExactCounters.
struct EventCounts {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
  std::uint64_t frees = 0;

  [[nodiscard]] bool any() const { return allocations != 0 || bytes != 0 || frees != 0; }
  EventCounts& operator+=(const EventCounts& other);
};

/// Drops for one reason that were not yet sent as a Gap.
struct OpenGap {
  std::uint64_t fromNs = 0;  ///< Last time at which nothing had been dropped.
  EventCounts drops;
};
/// By wire::DropReason.
using OpenGaps = std::array<OpenGap, wire::kDropReasons>;

/// Reads what was added to a set of counters.
class CountsReader {
 public:
  /// Since the last call.
  EventCounts difference(const wire::DropCounters& counters) { return differenceOf(counters); }
  EventCounts difference(const wire::ExactCounters& counters) { return differenceOf(counters); }

 private:
  template <class Counters>
  EventCounts differenceOf(const Counters& counters);

  EventCounts m_seen;
};

/// Reads what was added to the counters of each reason for a drop.
class DropsReader {
 public:
  /// Calls `take(reason, counts)` for each reason for which something was dropped since the last call.
  template <class Take>
  void differences(const wire::DropCounters (&counters)[wire::kDropReasons], Take&& take) {
    for (std::size_t i = 0; i < wire::kDropReasons; ++i)
      if (const EventCounts drops = m_reasons[i].difference(counters[i]); drops.any())
        take(static_cast<wire::DropReason>(i), drops);
  }

 private:
  std::array<CountsReader, wire::kDropReasons> m_reasons;
};

}  // namespace heaptap::relay
