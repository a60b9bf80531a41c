// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/timeline/timeline.h"
#include "gui/models/timeline/timeline_wish.h"

namespace heaptap::gui {

/// The part of the timeline that the user looks at, in as many steps as there are pixels, and as much again
/// at each side, so that a window that is moved is not empty. Errors: of the source. Threads: any.
[[nodiscard]] Result<Timeline> readTimelinePart(client::ProfileSource& source, const std::string& session,
                                                const TimelineWish& wish, const std::stop_token& stop);

/// Steps as buckets; those that are not known are marked as such.
[[nodiscard]] Timeline readTimelineSteps(const model::TimelineSteps& steps);

}  // namespace heaptap::gui
