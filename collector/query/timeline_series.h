// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/model/timeline_series.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// What a request asks for. Which pairs there are is checked by who answers.
[[nodiscard]] model::SeriesQuery queryOf(const v1::GetTimelineSeriesRequest& request);
/// All of an answer: two or three megabytes at most.
[[nodiscard]] v1::TimelineSeriesReply toMessage(const model::TimelineSeries& series);

}  // namespace heaptap::query
