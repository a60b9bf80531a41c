// SPDX-License-Identifier: Apache-2.0
#include "collector/query/timeline_steps.h"

#include <cmath>
#include <utility>

namespace heaptap::query {

model::StepsQuery queryOf(const v1::GetTimelineStepsRequest& request) {
  model::StepsQuery query{.fromNs = request.from_ns(), .toNs = request.to_ns()};
  if (request.steps() != 0) query.steps = request.steps();
  return query;
}

v1::TimelineStepsReply toMessage(const model::TimelineSteps& steps, bool isSampled) {
  v1::TimelineStepsReply reply;
  reply.set_from_ns(steps.fromNs);
  reply.set_step_ns(steps.stepNs);
  reply.set_from_events(steps.fromEvents);
  for (const model::TimeStretch& missing : steps.missing) {
    reply.add_missing()->set_from_ns(missing.fromNs);
    reply.mutable_missing()->rbegin()->set_to_ns(missing.toNs);
  }
  std::uint32_t before = 0;
  for (const model::TimelineStep& step : steps.known) {
    reply.add_step(step.step - std::exchange(before, step.step));
    reply.add_live_bytes(step.liveBytes);
    reply.add_max_live_bytes(step.maxLiveBytes);
    if (step.minLiveBytes) reply.add_min_live_bytes(*step.minLiveBytes);
    if (step.allocatedBytes) reply.add_allocated_bytes(*step.allocatedBytes);
    reply.add_allocations(step.allocations);
    reply.add_frees(step.frees);
    if (isSampled) reply.add_live_bytes_error(std::sqrt(step.liveVariance));
    reply.add_rss_bytes(step.rssBytes.value_or(0));
    if (steps.fromEvents) reply.add_temporaries(step.temporaries ? *step.temporaries + 1 : 0);
  }
  return reply;
}

}  // namespace heaptap::query
