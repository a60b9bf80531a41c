// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "client/profile.h"
#include "collector/model/timeline_series.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

[[nodiscard]] v1::GetTimelineSeriesRequest requestFor(const std::string& session,
                                                      const model::SeriesQuery& query);
/// Errors: Corrupt, with `where` as the place: the message breaks a rule, or has more than was asked for.
[[nodiscard]] Result<model::TimelineSeries> seriesOf(const std::string& where,
                                                     const v1::TimelineSeriesReply& message,
                                                     const model::SeriesQuery& query);

/// Whether all threads that have lanes are defined. Errors: Corrupt.
[[nodiscard]] Result<void> checkNames(const model::DefinitionsView& definitions,
                                      const model::TimelineSeries& series);

}  // namespace heaptap::client
