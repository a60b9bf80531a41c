// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "collector/model/timeline_steps.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

[[nodiscard]] v1::GetTimelineStepsRequest requestFor(const std::string& session,
                                                     const model::StepsQuery& query);
/// None: the message breaks a rule, or has more steps than were asked for.
[[nodiscard]] std::optional<model::TimelineSteps> stepsOf(const v1::TimelineStepsReply& message,
                                                          const model::StepsQuery& query);

}  // namespace heaptap::client
