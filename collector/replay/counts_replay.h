// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/error.h"
#include "collector/model/history.h"
#include "collector/model/session_counters.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// An instant of a session, as it is asked for.
struct AtTime {
  std::uint64_t ns = 0;  ///< Since the session's start: all events up to then, this one included.
};
/// When malloc's heap first had its largest size.
struct AtPeak {
  std::uint64_t bytes = 0;
  std::uint64_t ns = 0;
};
/// Between the events around a mark.
struct AtMark {
  model::Mark mark;
  std::size_t position = 0;  ///< Among the session's marks.
};
using Target = std::variant<AtTime, AtPeak, AtMark>;

/// What had been counted by an instant, without a timeline, and where that is among the events.
struct Instant {
  model::SessionCounters counters;
  Place place;
};

/// Counts the events up to an instant, from the last checkpoint before it.
/// Cost:   of the events between two checkpoints at most, some tenths of a second; 64 bytes for each pair.
/// Errors: NotFound: the events around the instant are not stored, with the first instant that can be asked
///         for if that is to be `asked`; Corrupt; Unavailable: withdrawn.
Result<Instant> instantAt(StoredEvents& events, const Target& target,
                          store::Asked asked = store::Asked::Counts);

}  // namespace heaptap::replay
