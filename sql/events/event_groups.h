// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "sql/events/event_scan.h"

namespace heaptap::sql {

/// Events that are the same to a statement that only adds them up: of one kind, and of one pair.
struct EventGroups {
  BatchEvents events;                ///< One for each group: kind, and pair where it is wanted.
  std::vector<std::uint64_t> times;  ///< How often it is there.
};

/// Whether columns are all a matter of the kind and the pair.
[[nodiscard]] constexpr bool canBeGrouped(EventColumns columns) {
  using enum EventColumn;
  EventColumns others = columns;
  for (const EventColumn same : {Kind, Size, Pair, Site, Stack, Heap, Origin, Weight}) others.remove(same);
  return others.bits() == 0;
}

/// All that a scan has left, counted. `pairs`: how many are defined; 0: pairs are not wanted.
/// Errors: as EventScan::next().
[[nodiscard]] Result<EventGroups> groupsOf(EventScan& scan, std::size_t pairs);

}  // namespace heaptap::sql
