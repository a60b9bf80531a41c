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

std::size_t bucketsPerStep(const Timeline& timeline, double pixels) {
  return static_cast<std::size_t>(
      std::max(1.0, std::ceil(static_cast<double>(timeline.buckets.size()) / std::max(1.0, pixels))));
}

quint64 endOfBucket(const Timeline& timeline, const TimelineScale& scale, std::size_t bucket) {
  return std::min((bucket + 1) * timeline.bucketNs, scale.time.end);
}

std::vector<QPolygonF> liveLines(const Timeline& timeline, const TimelineScale& scale, std::size_t step,
                                 const std::vector<TimelinePoint>& newest) {
  QPolygonF line;
  const std::size_t count = timeline.buckets.size();
  if (count > 0) line.append({scale.xOf(0), scale.yOf(0)});
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t last = std::min(from + step, count) - 1;
    line.append({scale.xOf(endOfBucket(timeline, scale, last)), scale.yOf(timeline.buckets[last].liveBytes)});
  }
  const quint64 longestGap = std::max(kLongestGapNs, kLongestGapBuckets * timeline.bucketNs);
  std::vector<QPolygonF> lines;
  quint64 endNs = timeline.endNs();
  for (const TimelinePoint& point : newest) {
    const QPointF at(scale.xOf(point.atNs), scale.yOf(point.bytes));
    if (!line.isEmpty() && at.x() < line.last().x()) continue;
    if (!line.isEmpty() && point.atNs > endNs + longestGap) lines.push_back(std::exchange(line, {}));
    line.append(at);
    endNs = std::max(endNs, point.atNs);
  }
  if (!line.isEmpty()) lines.push_back(std::move(line));
  return lines;
}

QPolygonF surgeLine(const Timeline& timeline, const TimelineScale& scale, std::size_t step) {
  QPolygonF line;
  const std::size_t count = timeline.buckets.size();
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t end = std::min(from + step, count);
    quint64 most = 0;
    for (std::size_t i = from; i < end; ++i)
      most = std::max({most, timeline.buckets[i].maxLiveBytes, timeline.buckets[i].liveBytes});
    line.append({scale.xOf(std::min(from * timeline.bucketNs, scale.time.end)), scale.yOf(most)});
    line.append({scale.xOf(endOfBucket(timeline, scale, end - 1)), scale.yOf(most)});
  }
  return line;
}

QPolygonF errorBand(const Timeline& timeline, const TimelineScale& scale, std::size_t step) {
  QPolygonF above;
  QPolygonF below;
  const std::size_t count = timeline.buckets.size();
  bool isExact = true;
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t last = std::min(from + step, count) - 1;
    const Timeline::Bucket& bucket = timeline.buckets[last];
    const double live = static_cast<double>(bucket.liveBytes);
    const double error = bucket.liveBytesError.value_or(0);
    isExact = isExact && error == 0;
    const double most = static_cast<double>(scale.bytes.end);
    const double x = scale.xOf(endOfBucket(timeline, scale, last));
    above.append({x, scale.yOf(static_cast<quint64>(std::min(live + error, most)))});
    below.append({x, scale.yOf(static_cast<quint64>(std::max(live - error, 0.0)))});
  }
  if (isExact) return {};
  std::reverse(below.begin(), below.end());
  return above + below;
}

QPolygonF rssLine(const Timeline& timeline, const TimelineScale& scale) {
  ResidentLine line;
  for (const Timeline::Resident& moment : timeline.resident)
    line.append({scale.xOf(std::min(moment.atNs, scale.time.end)), scale.yOf(moment.rssBytes)});
  return line.line();
}

QPolygonF pssLine(const Timeline& timeline, const TimelineScale& scale) {
  ResidentLine line;
  for (const Timeline::Resident& moment : timeline.resident)
    if (moment.pssBytes)
      line.append({scale.xOf(std::min(moment.atNs, scale.time.end)), scale.yOf(*moment.pssBytes)});
  return line.line();
}

QPolygonF filledTo(QPolygonF line, double bottom) {
  if (line.isEmpty()) return line;
  line.append(QPointF(line.last().x(), bottom));
  line.append(QPointF(line.first().x(), bottom));
  return line;
}

}  // namespace heaptap::gui
