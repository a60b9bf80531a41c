// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPolygonF>
#include <cstddef>
#include <vector>

#include "gui/models/timeline/timeline.h"
#include "gui/models/timeline/timeline_series.h"
#include "gui/views/timeline/timeline_scale.h"

/// The record as lines on the plot. Buckets that share a pixel are drawn as one.
/// Units: pixels of the widget.
namespace heaptap::gui {

/// A moment and a number of bytes at it.
struct TimelinePoint {
  quint64 atNs = 0;
  quint64 bytes = 0;

  bool operator==(const TimelinePoint&) const = default;
};

/// Buckets of a timeline.
struct BucketRange {
  std::size_t first = 0;
  std::size_t end = 0;  ///< Behind the last one.
  bool operator==(const BucketRange&) const = default;
};

/// The buckets that are seen, and one beside them at each side.
[[nodiscard]] BucketRange seenBuckets(const Timeline& timeline, const TimelineScale& scale);

/// Buckets that are drawn as one, so that none is narrower than a pixel of a plot with so many.
[[nodiscard]] std::size_t bucketsPerStep(const Timeline& timeline, const TimelineScale& scale, double pixels);

/// The end of a bucket; that of the last one is the end of the record. Units: nanoseconds.
[[nodiscard]] quint64 endOfBucket(const Timeline& timeline, const TimelineScale& scale, std::size_t bucket);

/// Live bytes at the end of each step, then the newest moments of a running session, in their order. Where
/// nothing is known for a while, the line is interrupted: one line for each part without a gap, perhaps of
/// one point.
[[nodiscard]] std::vector<QPolygonF> liveLines(const Timeline& timeline, const TimelineScale& scale,
                                               std::size_t step, const std::vector<TimelinePoint>& newest);

/// The largest within each step.
[[nodiscard]] QPolygonF surgeLine(const Timeline& timeline, const TimelineScale& scale, std::size_t step);

/// How often something happened in some time.
struct TimelineRate {
  quint64 beginNs = 0;
  quint64 endNs = 0;
  double perNs = 0;
};
/// Allocations in each step in which there were any.
[[nodiscard]] std::vector<TimelineRate> allocationRates(const Timeline& timeline, const TimelineScale& scale,
                                                        std::size_t step);
/// Temporary ones, where they are known.
[[nodiscard]] std::vector<TimelineRate> temporaryRates(const Timeline& timeline, const TimelineScale& scale,
                                                       std::size_t step);
[[nodiscard]] std::vector<TimelineRate> temporaryRates(const TimelineSeries& series,
                                                       const TimelineScale& scale);
[[nodiscard]] double mostOf(const std::vector<TimelineRate>& rates);
/// Rates as bars that stand on `bottom`; one of `most` is as high as `height`.
[[nodiscard]] std::vector<QRectF> rateBars(const std::vector<TimelineRate>& rates, const TimelineScale& scale,
                                           double most, double bottom, double height);

/// One standard error above and below the live bytes, as a closed band; empty when they are exact.
[[nodiscard]] QPolygonF errorBand(const Timeline& timeline, const TimelineScale& scale, std::size_t step);

/// Resident memory, and its proportional share where it is known.
[[nodiscard]] QPolygonF rssLine(const Timeline& timeline, const TimelineScale& scale);
[[nodiscard]] QPolygonF pssLine(const Timeline& timeline, const TimelineScale& scale);

/// A line and what is below it, as a closed area.
[[nodiscard]] QPolygonF filledTo(QPolygonF line, double bottom);

}  // namespace heaptap::gui
