// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::relay {

/// What was seen of the time that events take in the target: those that were timed there.
struct OwnTime {
  std::uint64_t ticks = 0;
  std::uint64_t timed = 0;

  OwnTime& operator+=(const OwnTime& other) {
    ticks += other.ticks;
    timed += other.timed;
    return *this;
  }
  /// An estimate of the ticks that all events have taken: each timed one stands for those that might have
  /// been timed in its place. `clockTicks`: what reading the clock adds to each. `sampleInterval`: the
  /// session's.
  [[nodiscard]] double estimate(std::uint64_t clockTicks, std::uint64_t sampleInterval) const {
    const double reading = static_cast<double>(clockTicks) * static_cast<double>(timed);
    return std::max(0.0, static_cast<double>(ticks) - reading) * (wire::timedSpan(sampleInterval) + 1) / 2;
  }
};

/// What so many events took that were only counted. `told`: Header::countingTicks; more than can be is not
/// believed.
inline double countingTicks(std::uint64_t events, std::uint64_t told) {
  if (told > wire::kMaxTimedTicks) return 0;
  return static_cast<double>(events) * static_cast<double>(told) / static_cast<double>(wire::kCountedEvents);
}

/// Reads what was added to a thread's counters.
class OwnTimeReader {
 public:
  /// Since the last call. Counters that shrank, or say more than they can, were overwritten and say nothing.
  OwnTime difference(const wire::ThreadSlot& slot) {
    const OwnTime now{slot.ownTicks.load(std::memory_order_relaxed),
                      slot.timed.load(std::memory_order_relaxed)};
    OwnTime added;
    if (now.ticks >= m_seen.ticks && now.timed >= m_seen.timed)
      added = {now.ticks - m_seen.ticks, now.timed - m_seen.timed};
    m_seen = now;
    const bool possible = added.timed < 1ULL << 40 && added.ticks / wire::kMaxTimedTicks <= added.timed;
    return possible ? added : OwnTime{};
  }

 private:
  OwnTime m_seen;
};

}  // namespace heaptap::relay
