// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/timeline_reader.h"

#include <algorithm>
#include <cmath>

namespace heaptap::gui {
namespace {

/// What is asked for: the window, and as much at each side.
model::StepsQuery queryFor(const TimelineWish& wish) {
  const quint64 width = std::max<quint64>(wish.window.width(), 1);
  const quint64 from = wish.window.beginNs > width ? wish.window.beginNs - width : 0;
  const quint64 to = wish.window.endNs + width;
  const auto parts = static_cast<double>(to - from) / static_cast<double>(width);
  const double steps = std::ceil(parts * std::max(wish.steps, 1));
  return {.fromNs = from,
          .toNs = to,
          .steps = static_cast<std::uint32_t>(std::min<double>(steps, model::StepsQuery::kMost))};
}

}  // namespace

Timeline readTimelineSteps(const model::TimelineSteps& steps) {
  Timeline timeline{.beginNs = steps.fromNs, .bucketNs = std::max<quint64>(steps.stepNs, 1), .buckets = {}};
  if (steps.known.empty()) return timeline;
  const std::size_t count =
      std::min<std::size_t>(steps.known.back().step + std::size_t{1}, model::StepsQuery::kMost);
  timeline.buckets.resize(count, {.isKnown = false});
  for (const model::TimelineStep& step : steps.known) {
    if (step.step >= count) continue;
    Timeline::Bucket& bucket = timeline.buckets[step.step];
    bucket = {.maxLiveBytes = step.maxLiveBytes,
              .liveBytes = step.liveBytes,
              .allocations = step.allocations,
              .frees = step.frees,
              .temporaries = step.temporaries};
    if (step.liveVariance > 0) bucket.liveBytesError = std::sqrt(step.liveVariance);
  }
  return timeline;
}

Result<Timeline> readTimelinePart(client::ProfileSource& source, const std::string& session,
                                  const TimelineWish& wish, const std::stop_token& stop) {
  return source.timelineSteps(session, queryFor(wish), {}, stop).map(readTimelineSteps);
}

}  // namespace heaptap::gui
