// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/timeline/timeline_series.h"

namespace heaptap::gui {

/// What is live of the largest functions, and what threads allocate, in a part of the record. `hear`: how far
/// it is. Errors: of the source; NotFound: the session has no events, or the collector is too old to tell.
/// Threads: any.
[[nodiscard]] Result<TimelineSeries> readSeries(client::ProfileSource& source, const std::string& session,
                                                const SeriesWish& wish, const std::stop_token& stop,
                                                const client::ProfileSource::HearShare& hear);

}  // namespace heaptap::gui
