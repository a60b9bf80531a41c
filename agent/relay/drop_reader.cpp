// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drop_reader.h"

namespace heaptap::relay {

Drops& Drops::operator+=(const Drops& other) {
  allocations += other.allocations;
  bytes += other.bytes;
  frees += other.frees;
  return *this;
}

Drops DropReader::difference(const wire::DropCounters& counters) {
  const Drops now{counters.allocations.load(std::memory_order_relaxed),
                  counters.bytes.load(std::memory_order_relaxed),
                  counters.frees.load(std::memory_order_relaxed)};
  // Counters only grow; one that shrank was overwritten and says nothing.
  const auto grown = [](std::uint64_t from, std::uint64_t to) { return to > from ? to - from : 0; };
  const Drops result{grown(m_seen.allocations, now.allocations), grown(m_seen.bytes, now.bytes),
                     grown(m_seen.frees, now.frees)};
  m_seen = now;
  return result;
}

}  // namespace heaptap::relay
