// SPDX-License-Identifier: Apache-2.0
#include "sql/events/event_groups.h"

#include <algorithm>

namespace heaptap::sql {

Result<EventGroups> groupsOf(EventScan& scan, std::size_t pairs) {
  // By pair: allocations, then frees.
  std::vector<std::uint64_t> counts(2 * std::max<std::size_t>(pairs, 1));
  for (;;) {
    const auto found = scan.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) break;
    const BatchEvents& events = scan.events();
    const auto count = [&](std::size_t i) {
      ++counts[2 * (pairs == 0 ? 0 : events.pair[i]) + events.isFree[i]];
    };
    if (!scan.areAllSelected()) {
      for (const std::uint32_t i : scan.selected()) count(i);
    } else if (pairs != 0) {
      for (std::size_t i = 0; i < events.size(); ++i)
        ++counts[2 * std::size_t{events.pair[i]} + events.isFree[i]];
    } else {
      const auto frees =
          static_cast<std::uint64_t>(std::count(events.isFree.begin(), events.isFree.end(), 1));
      counts[0] += events.size() - frees;
      counts[1] += frees;
    }
  }
  EventGroups groups;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    groups.events.isFree.push_back(static_cast<std::uint8_t>(i % 2));
    if (pairs != 0) groups.events.pair.push_back(static_cast<std::uint32_t>(i / 2));
    groups.times.push_back(counts[i]);
  }
  return groups;
}

}  // namespace heaptap::sql
