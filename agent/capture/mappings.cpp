// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/mappings.h"

#include "agent/capture/lane.h"

namespace heaptap::capture {
namespace {

using wire::MapChange;

bool isStopped() { return (control() & wire::kControlStopped) != 0; }
bool isPaused() { return (control() & wire::kControlAnyPause) != 0; }

bool begin(MapChange change, const MappedRange& range, wire::Origin origin, const CallSite& site) {
  if (isStopped()) return false;
  const Lane lane;
  const bool recorded =
      lane.usable() && lane.writeMap(lane.context().reallocLevel, change, range, origin, site);
  if (recorded)
    ++lane.context().reallocLevel;
  else
    countDroppedFree(lane.dropped());
  return recorded;
}

void fail(const Lane& lane, unsigned level, const MappedRange& range, wire::Origin origin,
          const CallSite& site) {
  if (!lane.usable() || !lane.writeMap(level, MapChange::Failed, range, origin, site))
    countDroppedAllocation(lane.dropped(), range.bytes);
}

}  // namespace

bool recordsMappings() {
  constexpr std::uint32_t kBoth = wire::kControlMappings | wire::kControlStopped;
  return isOpen() && (control() & kBoth) == wire::kControlMappings;
}

void recordMapped(const MappedRange& range, wire::Origin origin, bool over, const CallSite& site) {
  if (isStopped() || (isPaused() && !over)) return;
  const Lane lane;
  const unsigned level = lane.usable() ? lane.context().reallocLevel : 0;
  if (isPaused()) {  // Only what was there before ends.
    if (!lane.usable() || !lane.writeMap(level, MapChange::Unmapping, range, origin, site))
      countDroppedFree(lane.dropped());
    return;
  }
  const MapChange change = over ? MapChange::MappedOver : MapChange::Mapped;
  if (!lane.usable() || !lane.writeMap(level, change, range, origin, site))
    countDroppedAllocation(lane.dropped(), range.bytes);
}

bool recordUnmapping(const MappedRange& range, wire::Origin origin, const CallSite& site) {
  return begin(MapChange::Unmapping, range, origin, site);
}

bool recordMoving(const MappedRange& range, wire::Origin origin, const CallSite& site) {
  return begin(MapChange::Moving, range, origin, site);
}

void recordUnmapped(bool recorded, bool failed, const MappedRange& range, wire::Origin origin,
                    const CallSite& site) {
  if (!recorded) return;
  const Lane lane;
  const unsigned level = --lane.context().reallocLevel;
  if (failed) fail(lane, level, range, origin, site);
}

void recordMoved(bool recorded, const MappedRange& old, const MappedRange& now, wire::Origin origin,
                 const CallSite& site) {
  if (!recorded) {
    if (now.start != nullptr) recordMapped(now, origin, true, site);
    return;
  }
  const Lane lane;
  const unsigned level = --lane.context().reallocLevel;
  if (now.start == nullptr) return fail(lane, level, old, origin, site);
  if (!lane.usable() || !lane.writeMap(level, MapChange::Moved, now, origin, site))
    countDroppedAllocation(lane.dropped(), now.bytes);
}

}  // namespace heaptap::capture
