// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/event_counts.h"

namespace heaptap::relay {

EventCounts& EventCounts::operator+=(const EventCounts& other) {
  allocations += other.allocations;
  bytes += other.bytes;
  frees += other.frees;
  return *this;
}

template <class Counters>
EventCounts CountsReader::differenceOf(const Counters& counters) {
  const EventCounts now{counters.allocations.load(std::memory_order_relaxed),
                        counters.bytes.load(std::memory_order_relaxed),
                        counters.frees.load(std::memory_order_relaxed)};
  // Counters only grow; one that shrank was overwritten and says nothing.
  const auto grown = [](std::uint64_t from, std::uint64_t to) { return to > from ? to - from : 0; };
  const EventCounts result{grown(m_seen.allocations, now.allocations), grown(m_seen.bytes, now.bytes),
                           grown(m_seen.frees, now.frees)};
  m_seen = now;
  return result;
}

template EventCounts CountsReader::differenceOf(const wire::DropCounters& counters);
template EventCounts CountsReader::differenceOf(const wire::ExactCounters& counters);

}  // namespace heaptap::relay
