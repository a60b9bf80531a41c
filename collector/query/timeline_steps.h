// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/model/timeline_steps.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

[[nodiscard]] model::StepsQuery queryOf(const v1::GetTimelineStepsRequest& request);
/// All of an answer: some hundred kilobytes at most. `isSampled`: the live bytes are an estimate.
[[nodiscard]] v1::TimelineStepsReply toMessage(const model::TimelineSteps& steps, bool isSampled);

}  // namespace heaptap::query
