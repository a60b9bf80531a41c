// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/model/timeline_series.h"
#include "collector/replay/batch_chain.h"

namespace heaptap::replay {

/// What is live of groups of pairs, and what threads allocate, in the steps of an interval. What is live
/// where the interval begins, or where events are stored again, is counted from the checkpoint before that.
/// Cost:   one pass over the events of the interval, some 20 ns each, and of those two or so instants.
/// Memory: of steps times groups; see LaneCounts; 64 bytes for each pair where the interval does not begin
///         with the session.
/// Errors: Usage: the interval ends before it begins, a pair is not defined or in two groups, or too many
///         groups; Corrupt; Unavailable: withdrawn.
Result<model::TimelineSeries> seriesOf(StoredEvents& events, const model::SeriesQuery& query,
                                       std::uint64_t endNs, const OnProgress& onProgress = {});

}  // namespace heaptap::replay
