// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/model/timeline_series.h"
#include "collector/replay/batch_chain.h"

namespace heaptap::replay {

/// Of so many events steps have the width that was asked for: some tenths of a second.
inline constexpr std::uint64_t kMostSeriesEvents = std::uint64_t{1} << 22;

/// What is live of groups of pairs, and what threads allocate, in the steps of an interval. What is live
/// where the interval begins, or where events are stored again, is counted from the checkpoint before that.
///
///     events     ··· ·· ··· · ·· ··· ····· ·· · ···· · ·· ··· · ···
///     sums       |  span  |  span  |  span  |  span  |  span  |           counting::SpanBuilder
///     interval       [   |   |   |   |   |   |   |   |   |   )
///     steps          [   |  events, to the width that was asked for       up to kMostSeriesEvents
///     moved          [   [events  |         |        |      |)            beyond: they end with spans
///
/// Cost:   with mostEvents at most, one pass over the events of the interval, some 20 ns each. Of more, where
/// steps may
///         move: some thousands of spans, and at the two ends of the interval events of one span of level 0
///         each; however long it is. Else, and where no sums are stored, all events.
/// Memory: of steps times groups; see LaneCounts; 64 bytes for each pair where the interval does not begin
///         with the session.
/// Errors: Usage: the interval ends before it begins, a pair is not defined or in two groups, or too many
///         groups; Corrupt; Unavailable: withdrawn.
Result<model::TimelineSeries> seriesOf(StoredEvents& events, const model::SeriesQuery& query,
                                       std::uint64_t endNs, const OnProgress& onProgress = {},
                                       std::uint64_t mostEvents = kMostSeriesEvents);

}  // namespace heaptap::replay
