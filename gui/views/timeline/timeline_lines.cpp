// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_lines.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace heaptap::gui {
namespace {

/// What is not known for longer is not drawn. A status comes four times a second.
constexpr quint64 kLongestGapNs = 1'000'000'000;
constexpr quint64 kLongestGapBuckets = 3;

quint64 beginOfBucket(const Timeline& timeline, std::size_t bucket) {
  return timeline.beginNs + bucket * timeline.bucketNs;
}

/// Buckets that are drawn as one.
struct Step {
  std::size_t first = 0;
  std::size_t last = 0;
  quint64 beginNs = 0;
  quint64 endNs = 0;
  bool isKnown = true;  ///< The last one is.
};

/// Calls `visit` for each step that is seen, in order. Steps begin at the same buckets wherever the window
/// is, so that a curve that is moved does not change.
template <class Visit>
void forSteps(const Timeline& timeline, const TimelineScale& scale, std::size_t step, const Visit& visit) {
  const BucketRange seen = seenBuckets(timeline, scale);
  for (std::size_t first = seen.first / step * step; first < seen.end; first += step) {
    const std::size_t last = std::min(first + step, timeline.buckets.size()) - 1;
    const quint64 begin = beginOfBucket(timeline, first);
    visit(Step{.first = first,
               .last = last,
               .beginNs = begin,
               .endNs = std::max(begin, endOfBucket(timeline, scale, last)),
               .isKnown = timeline.buckets[last].isKnown});
  }
}

/// What is not full has a rate like the others.
TimelineRate rateOf(quint64 beginNs, quint64 endNs, quint64 count) {
  return {.beginNs = beginNs,
          .endNs = endNs,
          .perNs = static_cast<double>(count) / static_cast<double>(std::max<quint64>(endNs - beginNs, 1))};
}

/// Moments that share a pixel are drawn as one, at their largest.
class ResidentLine {
 public:
  void append(const QPointF& point) {
    constexpr double kPixel = 0.5;
    if (!m_line.isEmpty() && point.x() - m_line.last().x() < kPixel)
      m_line.last().setY(std::min(m_line.last().y(), point.y()));
    else
      m_line.append(point);
  }
  [[nodiscard]] const QPolygonF& line() const { return m_line; }

 private:
  QPolygonF m_line;
};

}  // namespace

BucketRange seenBuckets(const Timeline& timeline, const TimelineScale& scale) {
  const std::size_t count = timeline.buckets.size();
  if (count == 0 || timeline.bucketNs == 0) return {};
  const auto bucketOf = [&](quint64 ns) {
    return ns <= timeline.beginNs ? std::size_t{0}
                                  : static_cast<std::size_t>((ns - timeline.beginNs) / timeline.bucketNs);
  };
  const std::size_t first = bucketOf(scale.time.begin);
  return {.first = std::min(first > 0 ? first - 1 : 0, count),
          .end = std::min(bucketOf(scale.time.end) + 2, count)};
}

std::size_t bucketsPerStep(const Timeline& timeline, const TimelineScale& scale, double pixels) {
  const BucketRange seen = seenBuckets(timeline, scale);
  return static_cast<std::size_t>(
      std::max(1.0, std::ceil(static_cast<double>(seen.end - seen.first) / std::max(1.0, pixels))));
}

quint64 endOfBucket(const Timeline& timeline, const TimelineScale& scale, std::size_t bucket) {
  const quint64 end = timeline.beginNs + (bucket + 1) * timeline.bucketNs;
  return std::min(end, std::max(scale.recordEndNs, beginOfBucket(timeline, bucket)));
}

std::vector<QPolygonF> liveLines(const Timeline& timeline, const TimelineScale& scale, std::size_t step,
                                 const std::vector<TimelinePoint>& newest) {
  QPolygonF line;
  std::vector<QPolygonF> lines;
  const auto endLine = [&] {
    if (!line.isEmpty()) lines.push_back(std::exchange(line, {}));
  };
  if (!timeline.buckets.empty() && timeline.beginNs == 0) line.append({scale.xOf(0), scale.yOf(0)});
  forSteps(timeline, scale, step, [&](const Step& drawn) {
    if (drawn.isKnown)
      line.append({scale.xOf(drawn.endNs), scale.yOf(timeline.buckets[drawn.last].liveBytes)});
    else
      endLine();
  });
  // Between the last event and the end of a session nothing has changed.
  if (newest.empty() && !line.isEmpty() && !timeline.buckets.empty() &&
      scale.recordEndNs > timeline.endNs() && timeline.beginNs == 0)
    line.append({scale.xOf(scale.recordEndNs), line.last().y()});
  const quint64 longestGap = std::max(kLongestGapNs, kLongestGapBuckets * timeline.bucketNs);
  quint64 endNs = timeline.endNs();
  for (const TimelinePoint& point : newest) {
    const QPointF at(scale.xOf(point.atNs), scale.yOf(point.bytes));
    if (!line.isEmpty() && at.x() < line.last().x()) continue;
    if (point.atNs > endNs + longestGap) endLine();
    line.append(at);
    endNs = std::max(endNs, point.atNs);
  }
  endLine();
  return lines;
}

QPolygonF surgeLine(const Timeline& timeline, const TimelineScale& scale, std::size_t step) {
  QPolygonF line;
  forSteps(timeline, scale, step, [&](const Step& drawn) {
    quint64 most = 0;
    for (std::size_t i = drawn.first; i <= drawn.last; ++i)
      if (timeline.buckets[i].isKnown)
        most = std::max({most, timeline.buckets[i].maxLiveBytes, timeline.buckets[i].liveBytes});
    line.append({scale.xOf(drawn.beginNs), scale.yOf(most)});
    line.append({scale.xOf(drawn.endNs), scale.yOf(most)});
  });
  return line;
}

std::vector<QRectF> rateBars(const std::vector<TimelineRate>& rates, const TimelineScale& scale, double most,
                             double bottom, double height) {
  std::vector<QRectF> rectangles;
  rectangles.reserve(rates.size());
  for (const TimelineRate& rate : rates) {
    const double left = scale.xOf(rate.beginNs);
    const double tall = std::clamp(height * rate.perNs / most, 1.0, height);
    rectangles.emplace_back(left, bottom - tall, std::max(1.0, scale.xOf(rate.endNs) - left), tall);
  }
  return rectangles;
}

double mostOf(const std::vector<TimelineRate>& rates) {
  double most = 0;
  for (const TimelineRate& rate : rates) most = std::max(most, rate.perNs);
  return most;
}

std::vector<TimelineRate> allocationRates(const Timeline& timeline, const TimelineScale& scale,
                                          std::size_t step) {
  std::vector<TimelineRate> rates;
  forSteps(timeline, scale, step, [&](const Step& drawn) {
    quint64 allocations = 0;
    for (std::size_t i = drawn.first; i <= drawn.last; ++i)
      if (timeline.buckets[i].isKnown) allocations += timeline.buckets[i].allocations;
    if (allocations == 0) return;
    rates.push_back(rateOf(drawn.beginNs, drawn.endNs, allocations));
  });
  return rates;
}

std::vector<TimelineRate> temporaryRates(const Timeline& timeline, const TimelineScale& scale,
                                         std::size_t step) {
  std::vector<TimelineRate> rates;
  forSteps(timeline, scale, step, [&](const Step& drawn) {
    quint64 temporaries = 0;
    for (std::size_t i = drawn.first; i <= drawn.last; ++i)
      temporaries += timeline.buckets[i].temporaries.value_or(0);
    if (temporaries > 0) rates.push_back(rateOf(drawn.beginNs, drawn.endNs, temporaries));
  });
  return rates;
}

std::vector<TimelineRate> temporaryRates(const TimelineSeries& series, const TimelineScale& scale) {
  std::vector<TimelineRate> rates;
  for (std::size_t step = 0; step < series.steps.size(); ++step) {
    const TimeWindow window = series.windowOf(step);
    const quint64 beginNs = window.beginNs;
    if (window.endNs < scale.time.begin || beginNs > scale.time.end) continue;
    const quint64 endNs = std::min(window.endNs, std::max(scale.recordEndNs, beginNs));
    const quint64 temporaries = series.steps[step].temporaries.value_or(0);
    if (temporaries > 0) rates.push_back(rateOf(beginNs, endNs, temporaries));
  }
  return rates;
}

QPolygonF errorBand(const Timeline& timeline, const TimelineScale& scale, std::size_t step) {
  QPolygonF above;
  QPolygonF below;
  bool isExact = true;
  forSteps(timeline, scale, step, [&](const Step& drawn) {
    const Timeline::Bucket& bucket = timeline.buckets[drawn.last];
    const double live = static_cast<double>(bucket.liveBytes);
    const double error = bucket.liveBytesError.value_or(0);
    isExact = isExact && error == 0;
    const double most = static_cast<double>(scale.bytes.end);
    const double x = scale.xOf(drawn.endNs);
    above.append({x, scale.yOf(static_cast<quint64>(std::min(live + error, most)))});
    below.append({x, scale.yOf(static_cast<quint64>(std::max(live - error, 0.0)))});
  });
  if (isExact) return {};
  std::reverse(below.begin(), below.end());
  return above + below;
}

QPolygonF rssLine(const Timeline& timeline, const TimelineScale& scale) {
  ResidentLine line;
  for (const Timeline::Resident& moment : timeline.resident)
    line.append({scale.xOf(std::min(moment.atNs, scale.recordEndNs)), scale.yOfResident(moment.rssBytes)});
  return line.line();
}

QPolygonF pssLine(const Timeline& timeline, const TimelineScale& scale) {
  ResidentLine line;
  for (const Timeline::Resident& moment : timeline.resident)
    if (moment.pssBytes)
      line.append({scale.xOf(std::min(moment.atNs, scale.recordEndNs)), scale.yOfResident(*moment.pssBytes)});
  return line.line();
}

QPolygonF filledTo(QPolygonF line, double bottom) {
  if (line.isEmpty()) return line;
  line.append(QPointF(line.last().x(), bottom));
  line.append(QPointF(line.first().x(), bottom));
  return line;
}

}  // namespace heaptap::gui
