// SPDX-License-Identifier: Apache-2.0
#include "client/steps_reader.h"

#include <algorithm>
#include <cmath>

namespace heaptap::client {
namespace {

/// Whether all columns are as long as they have to be.
bool areColumns(const v1::TimelineStepsReply& message) {
  const int steps = message.step_size();
  const int counted = message.from_events() ? steps : 0;
  return message.live_bytes_size() == steps && message.max_live_bytes_size() == steps &&
         message.min_live_bytes_size() == counted && message.allocated_bytes_size() == counted &&
         message.allocations_size() == steps && message.frees_size() == steps &&
         message.rss_bytes_size() == steps &&
         (message.temporaries_size() == 0 || message.temporaries_size() == counted) &&
         (message.live_bytes_error_size() == 0 || message.live_bytes_error_size() == steps);
}

/// Whether the times of so many steps are times.
bool areTimes(const v1::TimelineStepsReply& message, std::uint64_t steps) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0} >> 1;
  return message.step_ns() != 0 && message.from_ns() <= kMost &&
         message.step_ns() <= (kMost - message.from_ns()) / steps;
}

}  // namespace

v1::GetTimelineStepsRequest requestFor(const std::string& session, const model::StepsQuery& query) {
  v1::GetTimelineStepsRequest request;
  request.set_session(session);
  request.set_from_ns(query.fromNs);
  request.set_to_ns(query.toNs);
  request.set_steps(query.steps);
  return request;
}

std::optional<model::TimelineSteps> stepsOf(const v1::TimelineStepsReply& message,
                                            const model::StepsQuery& query) {
  const std::uint64_t most = std::clamp<std::uint64_t>(query.steps, 1, model::StepsQuery::kMost);
  const auto columns = [&](int entries) { return static_cast<std::uint64_t>(entries) <= most; };
  if (!areColumns(message) || !columns(message.step_size())) return std::nullopt;
  model::TimelineSteps steps{
      .fromNs = message.from_ns(), .stepNs = message.step_ns(), .fromEvents = message.from_events()};
  for (const v1::TimeStretch& stretch : message.missing())
    steps.missing.push_back({.fromNs = stretch.from_ns(), .toNs = stretch.to_ns()});
  std::uint64_t step = 0;
  for (int i = 0; i < message.step_size(); ++i) {
    step += message.step(i);
    if (step >= most || (i > 0 && message.step(i) == 0)) return std::nullopt;
    model::TimelineStep numbers{.step = static_cast<std::uint32_t>(step),
                                .liveBytes = message.live_bytes(i),
                                .maxLiveBytes = message.max_live_bytes(i),
                                .allocations = message.allocations(i),
                                .frees = message.frees(i)};
    if (message.from_events()) {
      numbers.minLiveBytes = message.min_live_bytes(i);
      numbers.allocatedBytes = message.allocated_bytes(i);
    }
    if (message.live_bytes_error_size() != 0)
      numbers.liveVariance = message.live_bytes_error(i) * message.live_bytes_error(i);
    if (message.temporaries_size() != 0 && message.temporaries(i) != 0)
      numbers.temporaries = message.temporaries(i) - 1;
    if (message.rss_bytes(i) != 0) numbers.rssBytes = message.rss_bytes(i);
    steps.known.push_back(numbers);
  }
  if (!areTimes(message, step + 1)) return std::nullopt;
  return steps;
}

}  // namespace heaptap::client
