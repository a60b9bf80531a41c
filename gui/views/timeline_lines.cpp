// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_lines.h"

#include <algorithm>
#include <cmath>

namespace heaptap::gui {
namespace {

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

QPolygonF liveLine(const Timeline& timeline, const TimelineScale& scale, std::size_t step,
                   const std::optional<TimelinePoint>& newest) {
  QPolygonF line;
  const std::size_t count = timeline.buckets.size();
  if (count > 0) line.append({scale.xOf(0), scale.yOf(0)});
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t last = std::min(from + step, count) - 1;
    line.append({scale.xOf(endOfBucket(timeline, scale, last)), scale.yOf(timeline.buckets[last].liveBytes)});
  }
  if (newest && (line.isEmpty() || scale.xOf(newest->atNs) >= line.last().x()))
    line.append({scale.xOf(newest->atNs), scale.yOf(newest->bytes)});
  return line;
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
