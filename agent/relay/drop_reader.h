// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::relay {

/// Plain values of wire::DropCounters.
struct Drops {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
  std::uint64_t frees = 0;

  [[nodiscard]] bool any() const { return allocations != 0 || bytes != 0 || frees != 0; }
  Drops& operator+=(const Drops& other);
};

/// Drops that were not yet sent as a Gap.
struct OpenGap {
  std::uint64_t fromNs = 0;  ///< Last time at which nothing had been dropped.
  Drops drops;
};

/// Reads what was added to a set of counters.
class DropReader {
 public:
  /// Since the last call.
  Drops difference(const wire::DropCounters& counters);

 private:
  Drops m_seen;
};

}  // namespace heaptap::relay
