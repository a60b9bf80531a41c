// SPDX-License-Identifier: Apache-2.0
#include "collector/query/timeline_series.h"

#include <utility>

namespace heaptap::query {

model::SeriesQuery queryOf(const v1::GetTimelineSeriesRequest& request) {
  model::SeriesQuery query{.fromNs = request.from_ns(),
                           .toNs = request.to_ns(),
                           .lanes = request.lanes(),
                           .mayMove = request.steps_may_move()};
  if (request.steps() != 0) query.steps = request.steps();
  query.groups.reserve(static_cast<std::size_t>(request.groups_size()));
  for (const v1::PairGroup& group : request.groups()) {
    std::vector<model::PairId>& pairs = query.groups.emplace_back();
    pairs.reserve(static_cast<std::size_t>(group.pair_size()));
    for (const std::uint32_t pair : group.pair()) pairs.push_back(static_cast<model::PairId>(pair));
  }
  return query;
}

v1::TimelineSeriesReply toMessage(const model::TimelineSeries& series) {
  v1::TimelineSeriesReply reply;
  reply.set_from_ns(series.fromNs);
  reply.set_step_ns(series.stepNs);
  for (const model::TimeStretch& missing : series.missing) {
    v1::TimeStretch& stretch = *reply.add_missing();
    stretch.set_from_ns(missing.fromNs);
    stretch.set_to_ns(missing.toNs);
  }
  std::uint32_t before = 0;
  for (const model::SeriesStep& step : series.known) {
    reply.add_step(step.step - std::exchange(before, step.step));
    reply.add_live_known(step.isLiveKnown);
    reply.add_temporaries(step.temporaries ? *step.temporaries + 1 : 0);
  }
  for (const model::TimeStretch& stretch : series.moved) {
    reply.add_step_from_ns(stretch.fromNs);
    reply.add_step_to_ns(stretch.toNs);
  }
  reply.mutable_live_bytes()->Add(series.liveBytes.begin(), series.liveBytes.end());
  reply.mutable_live_bytes_error()->Add(series.liveErrors.begin(), series.liveErrors.end());
  for (const model::SeriesLane& lane : series.lanes) {
    v1::TimelineLane& message = *reply.add_lanes();
    if (lane.thread) message.set_thread(static_cast<std::uint32_t>(index(*lane.thread)));
    message.set_threads(lane.threads);
    message.mutable_allocations()->Add(lane.allocations.begin(), lane.allocations.end());
    message.mutable_allocated_bytes()->Add(lane.bytes.begin(), lane.bytes.end());
  }
  return reply;
}

}  // namespace heaptap::query
