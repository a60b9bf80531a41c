// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/timeline/timeline_painter.h"

namespace heaptap::gui {
namespace {

constexpr double kGap = 6;              // Between an axis and its labels.
constexpr double kTickDistance = 90;    // At least so many pixels between labels of the time.
constexpr double kMarkReach = 4;        // The pointer need not be exactly on a line.
constexpr std::size_t kNamedMarks = 8;  // In one read-out.
constexpr int kPageOfBuckets = 32;
constexpr std::size_t kMostNewest = 1 << 14;  // Statuses of an hour.

}  // namespace

TimelineView::TimelineView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Live heap over time"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  layOut();
}

QSize TimelineView::sizeHint() const { return {640, 220}; }

QSize TimelineView::minimumSizeHint() const { return {240, 6 * fontMetrics().height()}; }

void TimelineView::setTimeline(Timeline timeline) {
  if (timeline == m_timeline) return;
  m_timeline = std::move(timeline);
  if (m_cursor.of == Cursor::Of::Bucket && m_cursor.position >= m_timeline.buckets.size()) m_cursor = {};
  dropWhatIsInTheTimeline();
  layOut();
}

void TimelineView::dropWhatIsInTheTimeline() {
  std::erase_if(m_newest, [end = m_timeline.endNs()](const Point& point) { return point.atNs < end; });
}

void TimelineView::setPeak(std::optional<Point> peak, std::optional<double> error) {
  m_peak = peak;
  m_peakError = error;
  layOut();
}

void TimelineView::setEnd(std::optional<quint64> endNs) {
  m_endNs = endNs;
  layOut();
}

void TimelineView::setNewest(std::optional<Point> newest) {
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

void TimelineView::setMarks(Marks marks) {
  if (marks == m_marks) return;
  m_marks = std::move(marks);
  if (m_currentMark && *m_currentMark >= m_marks.size()) m_currentMark.reset();
  layOut();
}

void TimelineView::setCurrentMark(std::optional<std::size_t> mark) {
  m_currentMark = mark && *mark < m_marks.size() ? mark : std::nullopt;
  update();
}

void TimelineView::setShowsResident(bool shows) {
  m_showsResident = shows;
  layOut();
}

void TimelineView::clear() {
  m_timeline = {};
  m_marks.clear();
  m_peak.reset();
  m_peakError.reset();
  m_newest.clear();
  m_endNs.reset();
  m_currentMark.reset();
  m_cursor = {};
  layOut();
}

void TimelineView::layOut() {
  quint64 bytes = m_peak ? m_peak->bytes : 0;
  for (const Timeline::Bucket& bucket : m_timeline.buckets)
    bytes = std::max({bytes, bucket.maxLiveBytes, bucket.liveBytes});
  if (drawsResident())
    for (const Timeline::Resident& moment : m_timeline.resident)
      bytes = std::max({bytes, moment.rssBytes, moment.pssBytes.value_or(0)});
  quint64 end = m_timeline.endNs();
  if (m_endNs && *m_endNs > 0) end = std::min(end, *m_endNs);
  for (const Point& point : m_newest) {
    bytes = std::max(bytes, point.bytes);
    end = std::max(end, point.atNs);
  }
  const double lineHeight = fontMetrics().height();
  // Above the plot: what the lines are, and the labels of marks, or of a peak at the very top.
  const double above = std::ceil((drawsResident() ? 2 : 1) * lineHeight + kGap);
  const double below = lineHeight + kGap;
  const double plotHeight = std::max(1.0, height() - above - below);
  // Where marks have that line, the label of the peak must find room in the plot.
  if (!m_marks.empty())
    bytes += static_cast<quint64>(static_cast<double>(bytes) * std::min(1.0, 1.4 * lineHeight / plotHeight));
  m_scale.bytes = byteAxis(bytes, std::clamp(static_cast<int>(height() / (2.2 * lineHeight)), 1, 8));
  double widest = 0;
  for (const Tick& tick : m_scale.bytes.ticks)
    widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(tick.label));
  m_scale.plot = QRectF(rect()).adjusted(std::ceil(widest + kGap), above, -1, -below);
  m_scale.time = timeAxis(end, static_cast<int>(std::max(1.0, plot().width() / kTickDistance)));
  layMarks();
  update();
}

void TimelineView::layMarks() {
  std::vector<double> positions;
  positions.reserve(m_marks.size());
  for (const Mark& mark : m_marks) {
    const double x = xOf(std::min(mark.atNs, m_scale.time.end));
    positions.push_back(std::max(positions.empty() ? x : positions.back(), x));
  }
  const QFontMetricsF metrics(font());
  const MarkLane lane{.left = plot().left(), .right = plot().right()};
  m_spots = placeMarks(positions, lane, [&](std::size_t first, std::size_t count) {
    return metrics.horizontalAdvance(labelOf({.first = first, .count = count}));
  });
  if (m_cursor.of == Cursor::Of::Spot && m_cursor.position >= m_spots.size()) m_cursor = {};
}

QString TimelineView::labelOf(const MarkSpot& spot) const {
  return spot.count == 1 ? markName(m_marks[spot.first]) : numberOfText(spot.count, tr("mark"));
}

std::optional<std::size_t> TimelineView::bucketAt(double x) const {
  const QRectF area = plot();
  if (m_timeline.buckets.empty() || area.width() <= 0 || x < area.left() || x > area.right())
    return std::nullopt;
  const double ns = (x - area.left()) / area.width() * static_cast<double>(m_scale.time.end);
  const auto bucket = static_cast<std::size_t>(ns / static_cast<double>(m_timeline.bucketNs));
  if (bucket > m_timeline.buckets.size()) return std::nullopt;
  return std::min(bucket, m_timeline.buckets.size() - 1);
}

std::optional<std::size_t> TimelineView::spotAt(double x) const {
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

const Timeline::Resident* TimelineView::residentAt(quint64 atNs) const {
  const auto next =
      std::upper_bound(m_timeline.resident.begin(), m_timeline.resident.end(), atNs,
                       [](quint64 ns, const Timeline::Resident& moment) { return ns < moment.atNs; });
  return next == m_timeline.resident.begin() ? nullptr : &*std::prev(next);
}

QStringList TimelineView::readOut(std::size_t bucket) const {
  const Timeline::Bucket& shown = m_timeline.buckets[bucket];
  const Estimate shownLive{shown.liveBytes, shown.liveBytesError};
  const auto marked = [&](const QString& text) { return shownLive.isExact() ? text : estimated(text); };
  const quint64 at = endOfBucket(m_timeline, m_scale, bucket);
  QString live = tr("%1 live").arg(bytesText(shownLive));
  if (shown.maxLiveBytes > shown.liveBytes)
    live += tr(", at most %1").arg(marked(bytesText(shown.maxLiveBytes)));
  QStringList lines{tr("at %1").arg(durationText(at)), live,
                    marked(tr("%1, %2").arg(numberOfText(shown.allocations, tr("allocation")),
                                            numberOfText(shown.frees, tr("free"))))};
  if (const Timeline::Resident* const resident = drawsResident() ? residentAt(at) : nullptr) {
    QString text = tr("%1 resident").arg(bytesText(resident->rssBytes));
    if (resident->pssBytes) text += tr(", %1 proportional (PSS)").arg(bytesText(*resident->pssBytes));
    lines << text;
    if (resident->poolBytes) lines << tr("and %1 shared with heaptap").arg(bytesText(*resident->poolBytes));
  }
  return lines;
}

QStringList TimelineView::readOutOfSpot(const MarkSpot& spot) const {
  if (spot.count == 1) return markLines(m_marks[spot.first]);
  QStringList lines{labelOf(spot)};
  for (std::size_t i = spot.first; i < spot.first + std::min(spot.count, kNamedMarks); ++i)
    lines << tr("%1: %2, %3 live")
                 .arg(durationText(m_marks[i].atNs), markName(m_marks[i]), bytesText(m_marks[i].liveBytes));
  if (spot.count > kNamedMarks) lines << tr("and %1 more").arg(countText(spot.count - kNamedMarks));
  return lines;
}

QStringList TimelineView::readOutOf(const Cursor& cursor) const {
  switch (cursor.of) {
    case Cursor::Of::Bucket: return readOut(cursor.position);
    case Cursor::Of::Spot: return readOutOfSpot(m_spots[cursor.position]);
    case Cursor::Of::Nothing: break;
  }
  return {};
}

quint64 TimelineView::momentOf(const Cursor& cursor) const {
  const quint64 at = cursor.of == Cursor::Of::Spot ? m_marks[m_spots[cursor.position].first].atNs
                                                   : endOfBucket(m_timeline, m_scale, cursor.position);
  return std::min(at, m_scale.time.end);
}

void TimelineView::setCursor(Cursor cursor) {
  if (cursor == m_cursor) return;
  m_cursor = cursor;
  setAccessibleDescription(readOutOf(cursor).join(QStringLiteral(", ")));
  update();
}

void TimelineView::resizeEvent(QResizeEvent*) { layOut(); }

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const double x = event->position().x();
  if (const auto spot = spotAt(x)) return setCursor({Cursor::Of::Spot, *spot});
  const auto bucket = bucketAt(x);
  setCursor(bucket ? Cursor{Cursor::Of::Bucket, *bucket} : Cursor{});
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  if (const auto spot = spotAt(event->position().x())) emit markChosen(m_spots[*spot].first);
  QWidget::mousePressEvent(event);
}

void TimelineView::leaveEvent(QEvent*) { setCursor({}); }

void TimelineView::focusOutEvent(QFocusEvent* event) {
  setCursor({});
  QWidget::focusOutEvent(event);
}

void TimelineView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) layOut();
  QWidget::changeEvent(event);
}

void TimelineView::goToMark(int direction) {
  if (m_spots.empty()) return;
  const auto last = static_cast<qint64>(m_spots.size()) - 1;
  qint64 to = direction > 0 ? 0 : last;
  if (m_cursor.of == Cursor::Of::Spot) {
    to = std::clamp<qint64>(static_cast<qint64>(m_cursor.position) + direction, 0, last);
  } else if (m_cursor.of == Cursor::Of::Bucket) {
    const double x = xOf(momentOf(m_cursor));
    const auto next = std::upper_bound(m_spots.begin(), m_spots.end(), x,
                                       [](double at, const MarkSpot& spot) { return at < spot.x; });
    to = std::clamp<qint64>(next - m_spots.begin() - (direction < 0 ? 1 : 0), 0, last);
  }
  setCursor({Cursor::Of::Spot, static_cast<std::size_t>(to)});
  emit markChosen(m_spots[static_cast<std::size_t>(to)].first);
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  if (m_timeline.buckets.empty()) return QWidget::keyPressEvent(event);
  if (event->modifiers() == Qt::ControlModifier) {
    if (event->key() == Qt::Key_Left) return goToMark(-1);
    if (event->key() == Qt::Key_Right) return goToMark(1);
  }
  const auto last = static_cast<qint64>(m_timeline.buckets.size()) - 1;
  qint64 from = last;
  if (m_cursor.of == Cursor::Of::Bucket) from = static_cast<qint64>(m_cursor.position);
  if (m_cursor.of == Cursor::Of::Spot)
    from = static_cast<qint64>(bucketAt(xOf(momentOf(m_cursor))).value_or(static_cast<std::size_t>(last)));
  const auto go = [&](qint64 to) {
    setCursor({Cursor::Of::Bucket, static_cast<std::size_t>(std::clamp<qint64>(to, 0, last))});
  };
  const auto stride = static_cast<qint64>(step());
  switch (event->key()) {
    case Qt::Key_Left: return go(from - stride);
    case Qt::Key_Right: return go(from + stride);
    case Qt::Key_PageUp: return go(from - kPageOfBuckets * stride);
    case Qt::Key_PageDown: return go(from + kPageOfBuckets * stride);
    case Qt::Key_Home: return go(0);
    case Qt::Key_End: return go(last);
    case Qt::Key_Escape: return setCursor({});
    default: return QWidget::keyPressEvent(event);
  }
}

std::size_t TimelineView::step() const {
  return bucketsPerStep(m_timeline, plot().width() * devicePixelRatioF());
}

void TimelineView::paintEvent(QPaintEvent*) {
  QPainter canvas(this);
  const QFont shown = font();
  TimelinePainter painter(canvas, m_scale, palette(), shown);
  painter.grid();  // Below the curve, where it is needed to judge heights.
  painter.live(m_timeline, step(), m_newest);
  if (drawsResident()) {
    painter.resident(m_timeline);
    painter.legend(m_timeline, plot().left(), plot().top() - fontMetrics().height() - kGap / 2);
  }
  painter.labels();
  const MarkSpot* current = nullptr;
  if (m_cursor.of == Cursor::Of::Spot) current = &m_spots[m_cursor.position];
  for (const MarkSpot& spot : m_spots)
    if (current == nullptr && m_currentMark && spot.contains(*m_currentMark)) current = &spot;
  painter.marks(
      m_spots, [this](const MarkSpot& spot) { return labelOf(spot); }, current);
  if (m_peak) painter.peak(*m_peak, tr("peak %1").arg(bytesText(Estimate{m_peak->bytes, m_peakError})));
  if (m_cursor.of == Cursor::Of::Bucket)
    painter.cursor(momentOf(m_cursor), m_timeline.buckets[m_cursor.position].liveBytes);
  if (m_cursor.of != Cursor::Of::Nothing) painter.readOut(momentOf(m_cursor), readOutOf(m_cursor));
  if (hasFocus()) painter.focusFrame();
}

}  // namespace heaptap::gui
