// SPDX-License-Identifier: Apache-2.0
//
// Where the parts of the timeline are.
#include <algorithm>
#include <cmath>

#include "gui/models/timeline/axis.h"
#include "gui/views/timeline/timeline_canvas.h"
#include "gui/views/timeline/timeline_painter.h"

namespace heaptap::gui {
namespace {

constexpr double kTickDistance = 90;        // At least so many pixels between labels of the time.
constexpr double kBarsHeight = 1.6;         // Of allocations a second, in lines of text.
constexpr double kLeastHeightForBars = 9;   // Likewise: in a lower widget the curve has all the room.
constexpr double kLeastPlotAboveLanes = 5;  // Likewise: of the plot, before lanes have any room.
constexpr quint64 kHeadroom = 16;           // Above resident memory, a part of it.
constexpr double kWidestLabels = 0.18;      // Of the widget, for the names of threads.

}  // namespace

quint64 TimelineCanvas::knownEnd() const {
  // Of a session that has ended it is told; after its last event nothing has changed.
  if (m_endNs && *m_endNs > 0) return *m_endNs;
  quint64 end = m_timeline.endNs();
  for (const Point& point : m_newest) end = std::max(end, point.atNs);
  return std::max<quint64>(end, 1);
}

quint64 TimelineCanvas::mostBytes() const {
  quint64 bytes = m_peak && window().contains(m_peak->atNs) ? m_peak->bytes : 0;
  const Timeline& shown = drawn();
  const BucketRange seen = seenBuckets(shown, m_scale);
  for (std::size_t i = seen.first; i < seen.end; ++i)
    bytes = std::max({bytes, shown.buckets[i].maxLiveBytes, shown.buckets[i].liveBytes});
  for (const Point& point : m_newest)
    if (window().contains(point.atNs)) bytes = std::max(bytes, point.bytes);
  return bytes;
}

quint64 TimelineCanvas::mostResident() const {
  const auto& moments = m_timeline.resident;
  const auto isBefore = [](const Timeline::Resident& moment, quint64 ns) { return moment.atNs < ns; };
  auto first = std::lower_bound(moments.begin(), moments.end(), m_scale.time.begin, isBefore);
  // The line comes from the moment before the window, and goes to the one behind it.
  if (first != moments.begin()) --first;
  quint64 bytes = 0;
  for (auto moment = first; moment != moments.end(); ++moment) {
    bytes = std::max({bytes, moment->rssBytes, moment->pssBytes.value_or(0)});
    // What is later than the record is painted at its end.
    if (moment->atNs > m_scale.time.end && m_scale.time.end < m_scale.recordEndNs) break;
  }
  return bytes;
}

double TimelineCanvas::barsHeight() const {
  const double lineHeight = fontMetrics().height();
  return height() < kLeastHeightForBars * lineHeight ? 0 : std::ceil(kBarsHeight * lineHeight);
}

double TimelineCanvas::heightAbove() const {
  const double lineHeight = fontMetrics().height();
  // What the lines and the areas are, and the labels of marks, or of a peak at the very top.
  const int lines = 1 + (drawsResident() ? 1 : 0) + (m_showsLayers ? 1 : 0);
  return std::ceil(lines * lineHeight + kTimelineGap);
}

double TimelineCanvas::heightBelow() const {
  const double bars = barsHeight();
  return fontMetrics().height() + kTimelineGap + (bars > 0 ? bars + kTimelineGap : 0);
}

std::size_t TimelineCanvas::lanesThatFit() const {
  const QFontMetricsF metrics(font());
  const double room =
      height() - heightAbove() - heightBelow() - kTimelineGap - kLeastPlotAboveLanes * metrics.height();
  const double fit = std::floor(std::max(0.0, room) / TimelineLanes::laneHeight(metrics));
  const auto lanes = std::min(static_cast<std::size_t>(fit), TimelineLanes::kMost);
  return lanes < TimelineLanes::kLeast ? 0 : lanes;
}

std::size_t TimelineCanvas::laneRows() const {
  const std::size_t fit = lanesThatFit();
  if (!m_seriesNote.isEmpty()) return std::min<std::size_t>(fit, 1);
  if (!m_showsLanes || m_series.lanes.size() < TimelineLanes::kLeast) return 0;
  return std::min(fit, m_series.lanes.size());
}

double TimelineCanvas::marginAt(const Axis& axis, double least) const {
  double widest = least;
  for (const Tick& tick : axis.ticks)
    widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(tick.label));
  return std::ceil(widest + kTimelineGap);
}

void TimelineCanvas::layOut() {
  const quint64 before = m_scale.recordEndNs;
  m_scale.recordEndNs = knownEnd();
  // The window moves with the edge that it shows.
  if (m_window && m_window->endNs >= before && before > 1 && m_scale.recordEndNs > before)
    m_window = moved(*m_window, static_cast<double>(m_scale.recordEndNs - before), m_scale.recordEndNs);
  const double lineHeight = fontMetrics().height();
  const QFontMetricsF metrics(font());
  const double above = heightAbove();
  const double bars = barsHeight();
  const std::size_t rows = laneRows();
  const double lanes = static_cast<double>(rows) * TimelineLanes::laneHeight(metrics);
  const double below = heightBelow() + (rows > 0 ? lanes + kTimelineGap : 0);
  const double plotHeight = std::max(1.0, height() - above - below);
  m_scale.time.begin = m_window ? m_window->beginNs : 0;
  m_scale.time.end = m_window ? std::max(m_window->endNs, m_window->beginNs + 1) : m_scale.recordEndNs;
  quint64 bytes = mostBytes();
  // Where marks have that line, the label of the peak must find room in the plot.
  if (!m_marks.empty())
    bytes += static_cast<quint64>(static_cast<double>(bytes) * std::min(1.0, 1.4 * lineHeight / plotHeight));
  const double parts = std::min(height() / (2.2 * lineHeight), plotHeight / (1.3 * lineHeight));
  const int steps = std::clamp(static_cast<int>(parts), 1, 8);
  m_scale.bytes = byteAxis(bytes, steps);
  const quint64 resident = mostResident();
  m_scale.resident = drawsResident() ? byteAxis(resident + resident / kHeadroom, steps)
                                     : Axis{.begin = 0, .end = 1, .ticks = {}};
  double labels = bars > 0 ? metrics.horizontalAdvance(allocationsLabel()) : 0;
  if (rows > 0 && m_seriesNote.isEmpty())
    labels = std::max(labels, TimelineLanes::labelWidth(m_series, metrics, kWidestLabels * width()));
  const double right = drawsResident() ? marginAt(m_scale.resident, 0) : 1;
  m_scale.plot = QRectF(rect()).adjusted(marginAt(m_scale.bytes, labels), above, -right, -below);
  const double lanesTop = plot().bottom() + kTimelineGap + (bars > 0 ? bars + kTimelineGap : 0);
  m_lanes.place(QRectF(plot().left(), lanesTop, plot().width(), lanes), rows);
  m_scale.timeLabelsTop = lanesTop - kTimelineGap / 2 + (rows > 0 ? lanes + kTimelineGap : 0);
  const int intervals = static_cast<int>(std::max(1.0, plot().width() / kTickDistance));
  m_scale.time = timeAxis(window(), intervals);
  layMarks();
  update();
}

void TimelineCanvas::layMarks() {
  std::vector<double> positions;
  // They are in the order of their time, so that those that are seen are neighbours.
  const auto isBefore = [](const Mark& mark, quint64 ns) { return mark.atNs < ns; };
  const auto first = std::lower_bound(m_marks.begin(), m_marks.end(), m_scale.time.begin, isBefore);
  m_firstSeenMark = static_cast<std::size_t>(first - m_marks.begin());
  for (auto mark = first; mark != m_marks.end(); ++mark) {
    const quint64 at = std::min(mark->atNs, m_scale.recordEndNs);
    if (at > m_scale.time.end) break;
    const double x = xOf(at);
    positions.push_back(std::max(positions.empty() ? x : positions.back(), x));
  }
  const QFontMetricsF metrics(font());
  const MarkLane lane{.left = plot().left(), .right = plot().right()};
  m_spots = placeMarks(positions, lane, [&](std::size_t seen, std::size_t count) {
    return metrics.horizontalAdvance(labelOf({.first = m_firstSeenMark + seen, .count = count}));
  });
  for (MarkSpot& spot : m_spots) spot.first += m_firstSeenMark;
  if (m_cursor.of == Cursor::Of::Spot && m_cursor.position >= m_spots.size()) m_cursor = {};
}

}  // namespace heaptap::gui
