// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Drops that were not yet sent as a Gap.
struct OpenGap {
  std::uint64_t fromNs = 0;  ///< Last time at which nothing had been dropped.
  EventCounts drops;
};

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

}  // namespace heaptap::relay
