// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_canvas.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/timeline/axis.h"
#include "gui/views/timeline/timeline_painter.h"

namespace heaptap::gui {
namespace {

constexpr double kTickDistance = 90;          // At least so many pixels between labels of the time.
constexpr double kMarkReach = 4;              // The pointer need not be exactly on a line.
constexpr std::size_t kNamedMarks = 8;        // In one read-out.
constexpr std::size_t kMostNewest = 1 << 14;  // Statuses of an hour.
constexpr double kBarsHeight = 1.6;           // Of allocations a second, in lines of text.
constexpr double kLeastHeightForBars = 9;     // Likewise: in a lower widget the curve has all the room.

}  // namespace

TimelineCanvas::TimelineCanvas(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  layOut();
}

QSize TimelineCanvas::sizeHint() const { return {640, 220}; }

QSize TimelineCanvas::minimumSizeHint() const { return {240, 6 * fontMetrics().height()}; }

void TimelineCanvas::setTimeline(Timeline timeline) {
  if (timeline == m_timeline) return;
  m_timeline = std::move(timeline);
  dropWhatIsInTheTimeline();
  layOut();
  forgetCursor();
}

void TimelineCanvas::setDetail(Timeline detail) {
  const bool wasOfDetail = &drawn() == &m_detail;
  m_detail = std::move(detail);
  if (wasOfDetail || &drawn() == &m_detail) m_cursor = {};
  layOut();
}

/// A cursor of a bucket that is not there any more.
void TimelineCanvas::forgetCursor() {
  if (m_cursor.of == Cursor::Of::Bucket && m_cursor.position >= drawn().buckets.size()) m_cursor = {};
}

const Timeline& TimelineCanvas::drawn() const {
  const bool covers = !m_detail.buckets.empty() && m_window && m_detail.bucketNs < m_timeline.bucketNs &&
                      m_detail.beginNs <= m_window->beginNs &&
                      m_detail.endNs() >= std::min(m_window->endNs, m_timeline.endNs());
  return covers ? m_detail : m_timeline;
}

void TimelineCanvas::setTime(const TimeChoice& time) {
  if (time == m_time) return;
  m_time = time;
  update();
}

void TimelineCanvas::setWindow(std::optional<TimeWindow> window) {
  if (window && window->beginNs == 0 && window->endNs >= m_scale.recordEndNs) window.reset();
  if (window == m_window) return;
  m_window = window;
  m_cursor = {};
  layOut();
  emit windowChanged();
}

void TimelineCanvas::dropWhatIsInTheTimeline() {
  std::erase_if(m_newest, [end = m_timeline.endNs()](const Point& point) { return point.atNs < end; });
}

void TimelineCanvas::setPeak(std::optional<Point> peak, std::optional<double> error) {
  m_peak = peak;
  m_peakError = error;
  layOut();
}

void TimelineCanvas::setEnd(std::optional<quint64> endNs) {
  m_endNs = endNs;
  layOut();
}

void TimelineCanvas::setNewest(std::optional<Point> newest) {
  if (!newest) {
    m_newest.clear();
  } else if (m_newest.empty() || newest->atNs > m_newest.back().atNs) {
    if (m_newest.size() == kMostNewest) m_newest.erase(m_newest.begin());
    m_newest.push_back(*newest);
  } else {
    m_newest.back().bytes = newest->bytes;
  }
  dropWhatIsInTheTimeline();
  layOut();
}

void TimelineCanvas::setMarks(Marks marks) {
  if (marks == m_marks) return;
  m_marks = std::move(marks);
  if (m_currentMark && *m_currentMark >= m_marks.size()) m_currentMark.reset();
  layOut();
}

void TimelineCanvas::setCurrentMark(std::optional<std::size_t> mark) {
  m_currentMark = mark && *mark < m_marks.size() ? mark : std::nullopt;
  update();
}

void TimelineCanvas::setShowsResident(bool shows) {
  m_showsResident = shows;
  layOut();
}

void TimelineCanvas::clear() {
  m_timeline = {};
  m_detail = {};
  m_window.reset();
  m_time = {};
  m_marks.clear();
  m_peak.reset();
  m_peakError.reset();
  m_newest.clear();
  m_endNs.reset();
  m_currentMark.reset();
  m_cursor = {};
  layOut();
}

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
  if (drawsResident())
    for (const Timeline::Resident& moment : m_timeline.resident)
      if (window().contains(moment.atNs))
        bytes = std::max({bytes, moment.rssBytes, moment.pssBytes.value_or(0)});
  for (const Point& point : m_newest)
    if (window().contains(point.atNs)) bytes = std::max(bytes, point.bytes);
  return bytes;
}

double TimelineCanvas::barsHeight() const {
  const double lineHeight = fontMetrics().height();
  return height() < kLeastHeightForBars * lineHeight ? 0 : std::ceil(kBarsHeight * lineHeight);
}

void TimelineCanvas::layOut() {
  const quint64 before = m_scale.recordEndNs;
  m_scale.recordEndNs = knownEnd();
  // The window moves with the edge that it shows.
  if (m_window && m_window->endNs >= before && before > 1 && m_scale.recordEndNs > before)
    m_window = moved(*m_window, static_cast<double>(m_scale.recordEndNs - before), m_scale.recordEndNs);
  const double lineHeight = fontMetrics().height();
  // Above the plot: what the lines are, and the labels of marks, or of a peak at the very top.
  const double above = std::ceil((drawsResident() ? 2 : 1) * lineHeight + kTimelineGap);
  const double bars = barsHeight();
  const double below = lineHeight + kTimelineGap + (bars > 0 ? bars + kTimelineGap : 0);
  const double plotHeight = std::max(1.0, height() - above - below);
  m_scale.time.begin = m_window ? m_window->beginNs : 0;
  m_scale.time.end = m_window ? std::max(m_window->endNs, m_window->beginNs + 1) : m_scale.recordEndNs;
  quint64 bytes = mostBytes();
  // Where marks have that line, the label of the peak must find room in the plot.
  if (!m_marks.empty())
    bytes += static_cast<quint64>(static_cast<double>(bytes) * std::min(1.0, 1.4 * lineHeight / plotHeight));
  m_scale.bytes = byteAxis(bytes, std::clamp(static_cast<int>(height() / (2.2 * lineHeight)), 1, 8));
  double widest = 0;
  for (const Tick& tick : m_scale.bytes.ticks)
    widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(tick.label));
  if (bars > 0) widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(allocationsLabel()));
  m_scale.plot = QRectF(rect()).adjusted(std::ceil(widest + kTimelineGap), above, -1, -below);
  m_scale.timeLabelsTop = plot().bottom() + kTimelineGap / 2 + (bars > 0 ? bars + kTimelineGap : 0);
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

QString TimelineCanvas::labelOf(const MarkSpot& spot) const {
  return spot.count == 1 ? markName(m_marks[spot.first]) : numberOfText(spot.count, Noun::Mark);
}

std::optional<std::size_t> TimelineCanvas::bucketAt(double x) const {
  const QRectF area = plot();
  const Timeline& shown = drawn();
  if (shown.buckets.empty() || area.width() <= 0 || x < area.left() || x > area.right()) return std::nullopt;
  const quint64 at = momentAt(x);
  if (at < shown.beginNs) return std::nullopt;
  const auto bucket = static_cast<std::size_t>((at - shown.beginNs) / shown.bucketNs);
  if (bucket > shown.buckets.size()) return std::nullopt;
  return std::min(bucket, shown.buckets.size() - 1);
}

std::optional<std::size_t> TimelineCanvas::spotAt(double x) const {
  std::optional<std::size_t> nearest;
  double least = kMarkReach;
  for (std::size_t i = 0; i < m_spots.size(); ++i) {
    const double distance = std::abs(m_spots[i].x - x);
    if (distance > least) continue;
    least = distance;
    nearest = i;
  }
  return nearest;
}

const Timeline::Resident* TimelineCanvas::residentAt(quint64 atNs) const {
  const auto next =
      std::upper_bound(m_timeline.resident.begin(), m_timeline.resident.end(), atNs,
                       [](quint64 ns, const Timeline::Resident& moment) { return ns < moment.atNs; });
  return next == m_timeline.resident.begin() ? nullptr : &*std::prev(next);
}

QStringList TimelineCanvas::readOut(std::size_t bucket) const {
  const Timeline::Bucket& shown = drawn().buckets[bucket];
  if (!shown.isKnown) return {tr("The events of this time are not stored.")};
  const Estimate shownLive{shown.liveBytes, shown.liveBytesError};
  const auto marked = [&](const QString& text) { return shownLive.isExact() ? text : estimated(text); };
  const quint64 at = endOfBucket(drawn(), m_scale, bucket);
  QString live = tr("%1 live").arg(bytesText(shownLive));
  if (shown.maxLiveBytes > shown.liveBytes)
    live += tr(", at most %1").arg(marked(bytesText(shown.maxLiveBytes)));
  QStringList lines{tr("at %1").arg(momentText(at, drawn().bucketNs)), live,
                    marked(tr("%1, %2").arg(numberOfText(shown.allocations, Noun::Allocation),
                                            numberOfText(shown.frees, Noun::Free)))};
  if (const Timeline::Resident* const resident = drawsResident() ? residentAt(at) : nullptr) {
    QString text = tr("%1 resident").arg(bytesText(resident->rssBytes));
    if (resident->pssBytes) text += tr(", %1 proportional (PSS)").arg(bytesText(*resident->pssBytes));
    lines << text;
    if (resident->poolBytes) lines << tr("and %1 shared with heaptap").arg(bytesText(*resident->poolBytes));
  }
  return lines;
}

QStringList TimelineCanvas::readOutOfSpot(const MarkSpot& spot) const {
  if (spot.count == 1) return markLines(m_marks[spot.first]);
  QStringList lines{labelOf(spot)};
  for (std::size_t i = spot.first; i < spot.first + std::min(spot.count, kNamedMarks); ++i)
    lines << tr("%1: %2, %3 live")
                 .arg(durationText(m_marks[i].atNs), markName(m_marks[i]), bytesText(m_marks[i].liveBytes));
  if (spot.count > kNamedMarks) lines << tr("and %1 more").arg(countText(spot.count - kNamedMarks));
  return lines;
}

QStringList TimelineCanvas::readOutOf(const Cursor& cursor) const {
  switch (cursor.of) {
    case Cursor::Of::Bucket: return readOut(cursor.position);
    case Cursor::Of::Spot: return readOutOfSpot(m_spots[cursor.position]);
    case Cursor::Of::Nothing: break;
  }
  return {};
}

quint64 TimelineCanvas::momentOf(const Cursor& cursor) const {
  const quint64 at = cursor.of == Cursor::Of::Spot ? m_marks[m_spots[cursor.position].first].atNs
                                                   : endOfBucket(drawn(), m_scale, cursor.position);
  return std::clamp(at, m_scale.time.begin, m_scale.time.end);
}

void TimelineCanvas::setCursorShown(Cursor cursor) {
  if (cursor == m_cursor) return;
  m_cursor = cursor;
  setAccessibleDescription(readOutOf(cursor).join(QStringLiteral(", ")));
  update();
}

void TimelineCanvas::resizeEvent(QResizeEvent*) {
  layOut();
  emit windowChanged();
}

void TimelineCanvas::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) layOut();
  QWidget::changeEvent(event);
}

std::size_t TimelineCanvas::step() const {
  return bucketsPerStep(drawn(), m_scale, plot().width() * devicePixelRatioF());
}

void TimelineCanvas::paintEvent(QPaintEvent*) {
  QPainter canvas(this);
  const QFont shown = font();
  TimelinePainter painter(canvas, m_scale, palette(), shown);
  painter.grid();  // Below the curve, where it is needed to judge heights.
  painter.live(drawn(), step(), &drawn() == &m_timeline ? m_newest : std::vector<Point>());
  if (const double bars = barsHeight(); bars > 0) painter.allocations(drawn(), step(), bars);
  if (drawsResident()) {
    painter.resident(m_timeline);
    painter.legend(m_timeline, plot().left(), plot().top() - fontMetrics().height() - kTimelineGap / 2);
  }
  painter.labels();
  const MarkSpot* current = nullptr;
  if (m_cursor.of == Cursor::Of::Spot) current = &m_spots[m_cursor.position];
  for (const MarkSpot& spot : m_spots)
    if (current == nullptr && m_currentMark && spot.contains(*m_currentMark)) current = &spot;
  painter.marks(
      m_spots, [this](const MarkSpot& spot) { return labelOf(spot); }, current);
  if (m_peak && window().contains(std::min(m_peak->atNs, m_scale.recordEndNs)))
    painter.peak(*m_peak, tr("peak %1").arg(bytesText(Estimate{m_peak->bytes, m_peakError})));
  painter.time(m_time);
  if (m_cursor.of == Cursor::Of::Bucket) {
    const Timeline::Bucket& bucket = drawn().buckets[m_cursor.position];
    painter.cursor(momentOf(m_cursor), bucket.isKnown ? std::optional(bucket.liveBytes) : std::nullopt);
  }
  if (m_cursor.of != Cursor::Of::Nothing) painter.readOut(momentOf(m_cursor), readOutOf(m_cursor));
  if (hasFocus()) painter.focusFrame();
}

}  // namespace heaptap::gui
