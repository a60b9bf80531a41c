// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/mappings.h"

#include "agent/capture/record/gate.h"
#include "agent/capture/record/lane.h"

namespace heaptap::capture {
namespace {

using wire::MapChange;

bool isStopped() { return (control() & wire::kControlStopped) != 0; }
bool isPaused() { return (control() & wire::kControlAnyPause) != 0; }

OpenToken begin(OpenCalls::Kind kind, MapChange change, const MappedRange& range, wire::Origin origin,
                const CallSite& site) {
  if (isStopped()) return {};
  const Lane lane;
  OpenToken token = lane.beginCall(kind, range.start, 0, site);
  const bool begun = token.isRecorded();
  if (begun && !lane.writeMap(token.level(), change, range, origin, site)) {
    static_cast<void>(lane.endCall(token));
    token = {};
  }
  if (!token.isRecorded()) countDroppedFree(begun ? lane.dropped() : lane.droppedCall());
  return token;
}

void fail(const Lane& lane, unsigned level, const MappedRange& range, wire::Origin origin,
          const CallSite& site) {
  if (!lane.writeMap(level, MapChange::Failed, range, origin, site))
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
  const unsigned level = lane.usable() ? lane.context().open.count : 0;
  if (isPaused()) {  // Only what was there before ends.
    if (!lane.usable() || !lane.writeMap(level, MapChange::Unmapping, range, origin, site))
      countDroppedFree(lane.dropped());
    return;
  }
  const MapChange change = over ? MapChange::MappedOver : MapChange::Mapped;
  if (!lane.usable() || !lane.writeMap(level, change, range, origin, site))
    countDroppedAllocation(lane.dropped(), range.bytes);
}

OpenToken recordUnmapping(const MappedRange& range, wire::Origin origin, const CallSite& site) {
  return begin(OpenCalls::Kind::Unmap, MapChange::Unmapping, range, origin, site);
}

OpenToken recordMoving(const MappedRange& range, wire::Origin origin, const CallSite& site) {
  return begin(OpenCalls::Kind::Move, MapChange::Moving, range, origin, site);
}

void recordUnmapped(OpenToken token, bool failed, const MappedRange& range, wire::Origin origin,
                    const CallSite& site) {
  if (!token.isRecorded()) return;
  const Lane lane(Lane::For::EndOfCall);
  if (lane.endCall(token)) {
    if (failed) fail(lane, token.level(), range, origin, site);
  } else if (failed) {
    countDroppedAllocation(lane.droppedCall(), range.bytes);
  }
}

void recordMoved(OpenToken token, const MappedRange& old, const MappedRange& now, wire::Origin origin,
                 const CallSite& site) {
  if (!token.isRecorded()) {
    if (now.start != nullptr) recordMapped(now, origin, true, site);
    return;
  }
  const Lane lane(Lane::For::EndOfCall);
  const bool isThere = lane.endCall(token);
  if (isThere && now.start == nullptr) return fail(lane, token.level(), old, origin, site);
  if (!isThere)
    countDroppedAllocation(lane.droppedCall(), now.bytes);
  else if (!lane.writeMap(token.level(), MapChange::Moved, now, origin, site))
    countDroppedAllocation(lane.dropped(), now.bytes);
}

}  // namespace heaptap::capture
