// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kGap = 6;            // Between an axis and its labels.
constexpr double kTickDistance = 90;  // At least so many pixels between labels of the time.
constexpr double kPeakRadius = 3.5;
constexpr int kPageOfBuckets = 32;

QPolygonF filled(QPolygonF line, double bottom) {
  if (line.isEmpty()) return line;
  line.append(QPointF(line.last().x(), bottom));
  line.append(QPointF(line.first().x(), bottom));
  return line;
}

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
  if (m_cursor && *m_cursor >= m_timeline.buckets.size()) m_cursor.reset();
  layOut();
}

void TimelineView::setPeak(std::optional<Point> peak) {
  m_peak = peak;
  layOut();
}

void TimelineView::setEnd(std::optional<quint64> endNs) {
  m_endNs = endNs;
  layOut();
}

void TimelineView::setNewest(std::optional<Point> newest) {
  m_newest = newest;
  layOut();
}

void TimelineView::clear() {
  m_timeline = {};
  m_peak.reset();
  m_newest.reset();
  m_endNs.reset();
  m_cursor.reset();
  layOut();
}

void TimelineView::layOut() {
  quint64 bytes = m_peak ? m_peak->bytes : 0;
  for (const Timeline::Bucket& bucket : m_timeline.buckets)
    bytes = std::max({bytes, bucket.maxLiveBytes, bucket.liveBytes});
  quint64 end = m_timeline.endNs();
  if (m_endNs && *m_endNs > 0) end = std::min(end, *m_endNs);
  if (m_newest) {
    bytes = std::max(bytes, m_newest->bytes);
    end = std::max(end, m_newest->atNs);
  }
  const double lineHeight = fontMetrics().height();
  m_bytes = byteAxis(bytes, std::clamp(static_cast<int>(height() / (2.2 * lineHeight)), 1, 8));
  double widest = 0;
  for (const Tick& tick : m_bytes.ticks)
    widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(tick.label));
  m_left = std::ceil(widest + kGap);
  m_time = timeAxis(end, static_cast<int>(std::max(1.0, plot().width() / kTickDistance)));
  update();
}

QRectF TimelineView::plot() const {
  const double lineHeight = fontMetrics().height();
  return QRectF(rect()).adjusted(m_left, std::ceil(lineHeight + kGap), -1, -(lineHeight + kGap));
}

double TimelineView::xOf(quint64 atNs) const {
  return plot().left() + plot().width() * static_cast<double>(atNs) / static_cast<double>(m_time.end);
}

double TimelineView::yOf(quint64 bytes) const {
  return plot().bottom() - plot().height() * static_cast<double>(bytes) / static_cast<double>(m_bytes.end);
}

std::optional<std::size_t> TimelineView::bucketAt(double x) const {
  const QRectF area = plot();
  if (m_timeline.buckets.empty() || area.width() <= 0 || x < area.left() || x > area.right())
    return std::nullopt;
  const double ns = (x - area.left()) / area.width() * static_cast<double>(m_time.end);
  const auto bucket = static_cast<std::size_t>(ns / static_cast<double>(m_timeline.bucketNs));
  if (bucket > m_timeline.buckets.size()) return std::nullopt;
  return std::min(bucket, m_timeline.buckets.size() - 1);
}

quint64 TimelineView::endOfBucket(std::size_t bucket) const {
  return std::min((bucket + 1) * m_timeline.bucketNs, m_time.end);
}

QStringList TimelineView::readOut(std::size_t bucket) const {
  const Timeline::Bucket& shown = m_timeline.buckets[bucket];
  QString live = tr("%1 live").arg(bytesText(shown.liveBytes));
  if (shown.maxLiveBytes > shown.liveBytes) live += tr(", at most %1").arg(bytesText(shown.maxLiveBytes));
  return {tr("at %1").arg(durationText(endOfBucket(bucket))), live,
          tr("%1, %2").arg(numberOfText(shown.allocations, tr("allocation")),
                           numberOfText(shown.frees, tr("free")))};
}

void TimelineView::setCursorBucket(std::optional<std::size_t> bucket) {
  if (bucket == m_cursor) return;
  m_cursor = bucket;
  setAccessibleDescription(bucket ? readOut(*bucket).join(QStringLiteral(", ")) : QString());
  update();
}

void TimelineView::resizeEvent(QResizeEvent*) { layOut(); }

void TimelineView::mouseMoveEvent(QMouseEvent* event) { setCursorBucket(bucketAt(event->position().x())); }

void TimelineView::leaveEvent(QEvent*) { setCursorBucket(std::nullopt); }

void TimelineView::focusOutEvent(QFocusEvent* event) {
  setCursorBucket(std::nullopt);
  QWidget::focusOutEvent(event);
}

void TimelineView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) layOut();
  QWidget::changeEvent(event);
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  if (m_timeline.buckets.empty()) return QWidget::keyPressEvent(event);
  const auto last = static_cast<qint64>(m_timeline.buckets.size()) - 1;
  const auto from = m_cursor ? static_cast<qint64>(*m_cursor) : last;
  const auto go = [&](qint64 to) {
    setCursorBucket(static_cast<std::size_t>(std::clamp<qint64>(to, 0, last)));
  };
  const auto step = static_cast<qint64>(bucketsPerStep());
  switch (event->key()) {
    case Qt::Key_Left: return go(from - step);
    case Qt::Key_Right: return go(from + step);
    case Qt::Key_PageUp: return go(from - kPageOfBuckets * step);
    case Qt::Key_PageDown: return go(from + kPageOfBuckets * step);
    case Qt::Key_Home: return go(0);
    case Qt::Key_End: return go(last);
    case Qt::Key_Escape: return setCursorBucket(std::nullopt);
    default: return QWidget::keyPressEvent(event);
  }
}

/// Buckets that share a pixel are painted as one.
std::size_t TimelineView::bucketsPerStep() const {
  const double pixels = std::max(1.0, plot().width() * devicePixelRatioF());
  return static_cast<std::size_t>(
      std::max(1.0, std::ceil(static_cast<double>(m_timeline.buckets.size()) / pixels)));
}

QPolygonF TimelineView::liveLine() const {
  QPolygonF line;
  const std::size_t step = bucketsPerStep();
  const std::size_t count = m_timeline.buckets.size();
  if (count > 0) line.append({xOf(0), yOf(0)});
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t last = std::min(from + step, count) - 1;
    line.append({xOf(endOfBucket(last)), yOf(m_timeline.buckets[last].liveBytes)});
  }
  if (m_newest && (line.isEmpty() || xOf(m_newest->atNs) >= line.last().x()))
    line.append({xOf(m_newest->atNs), yOf(m_newest->bytes)});
  return line;
}

QPolygonF TimelineView::surgeLine() const {
  QPolygonF line;
  const std::size_t step = bucketsPerStep();
  const std::size_t count = m_timeline.buckets.size();
  for (std::size_t from = 0; from < count; from += step) {
    const std::size_t end = std::min(from + step, count);
    quint64 most = 0;
    for (std::size_t i = from; i < end; ++i)
      most = std::max({most, m_timeline.buckets[i].maxLiveBytes, m_timeline.buckets[i].liveBytes});
    line.append({xOf(std::min(from * m_timeline.bucketNs, m_time.end)), yOf(most)});
    line.append({xOf(endOfBucket(end - 1)), yOf(most)});
  }
  return line;
}

void TimelineView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(plot(), palette().color(QPalette::Base));
  paintGrid(painter);  // Below the curve, where it is needed to judge heights.
  paintCurve(painter);
  paintLabels(painter);
  paintPeak(painter);
  paintReadOut(painter);
  if (hasFocus()) {
    painter.setPen(QPen(Colours::of(palette()).curve, 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot());
  }
}

void TimelineView::paintCurve(QPainter& painter) const {
  const Colours colours = Colours::of(palette());
  const double bottom = plot().bottom();
  painter.setPen(Qt::NoPen);
  painter.setBrush(colours.surge);
  painter.setRenderHint(QPainter::Antialiasing, false);  // A step is a pixel wide at least: none fades away.
  painter.drawPolygon(filled(surgeLine(), bottom));
  painter.setRenderHint(QPainter::Antialiasing);
  const QPolygonF live = liveLine();
  painter.setBrush(colours.area);
  painter.drawPolygon(filled(live, bottom));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(colours.curve, 1.4, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
  painter.drawPolyline(live);
}

void TimelineView::paintGrid(QPainter& painter) const {
  const QRectF area = plot();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setPen(QPen(Colours::of(palette()).grid, 0));
  for (const Tick& tick : m_bytes.ticks) {
    const double y = yOf(tick.value);
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
  }
  for (const Tick& tick : m_time.ticks) {
    const double x = xOf(tick.value);
    painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + kGap / 2));
  }
  painter.setRenderHint(QPainter::Antialiasing);
}

void TimelineView::paintLabels(QPainter& painter) const {
  const QFontMetricsF metrics(font());
  const double lineHeight = metrics.height();
  painter.setPen(Colours::of(palette()).muted);
  for (const Tick& tick : m_bytes.ticks)
    painter.drawText(QRectF(0, yOf(tick.value) - lineHeight / 2, m_left - kGap, lineHeight),
                     Qt::AlignRight | Qt::AlignVCenter, tick.label);
  for (const Tick& tick : m_time.ticks) {
    const double wide = metrics.horizontalAdvance(tick.label);
    // The outermost labels stay inside the widget.
    const double left = std::clamp(xOf(tick.value) - wide / 2, 0.0, std::max(0.0, width() - wide));
    painter.drawText(QRectF(left, plot().bottom() + kGap / 2, wide + 1, lineHeight),
                     Qt::AlignLeft | Qt::AlignVCenter, tick.label);
  }
}

void TimelineView::paintPeak(QPainter& painter) const {
  if (!m_peak || m_peak->bytes == 0) return;
  const Colours colours = Colours::of(palette());
  const QPointF at(xOf(std::min(m_peak->atNs, m_time.end)), yOf(m_peak->bytes));
  painter.setPen(QPen(palette().color(QPalette::Base), 1.5));
  painter.setBrush(colours.curve);
  painter.drawEllipse(at, kPeakRadius + 0.5, kPeakRadius + 0.5);
  const QString label = tr("peak %1").arg(bytesText(m_peak->bytes));
  const QFontMetricsF metrics(font());
  const double wide = metrics.horizontalAdvance(label);
  const bool isLeft = at.x() + kGap + kPeakRadius + wide > width();
  const double x = isLeft ? at.x() - kGap - kPeakRadius - wide : at.x() + kGap + kPeakRadius;
  const double y = std::max(0.0, at.y() - kPeakRadius - metrics.height());
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(QRectF(x, y, wide + 1, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, label);
}

void TimelineView::paintReadOut(QPainter& painter) const {
  if (!m_cursor || *m_cursor >= m_timeline.buckets.size()) return;
  const Colours colours = Colours::of(palette());
  const QRectF area = plot();
  const QPointF at(xOf(endOfBucket(*m_cursor)), yOf(m_timeline.buckets[*m_cursor].liveBytes));
  painter.setPen(QPen(colours.muted, 1, Qt::DashLine));
  painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()));
  painter.setPen(QPen(palette().color(QPalette::Base), 1.5));
  painter.setBrush(colours.curve);
  painter.drawEllipse(at, kPeakRadius, kPeakRadius);

  const QStringList lines = readOut(*m_cursor);
  const QFontMetricsF metrics(font());
  double wide = 0;
  for (const QString& line : lines) wide = std::max(wide, metrics.horizontalAdvance(line));
  const QSizeF size(wide + 4 * kGap, metrics.height() * static_cast<double>(lines.size()) + 2 * kGap);
  const bool isLeft = at.x() + 2 * kGap + size.width() > area.right();
  const QRectF box(QPointF(isLeft ? at.x() - 2 * kGap - size.width() : at.x() + 2 * kGap, area.top() + kGap),
                   size);
  painter.setPen(QPen(colours.grid, 1));
  painter.setBrush(palette().color(QPalette::ToolTipBase));
  painter.drawRoundedRect(box, 3, 3);
  painter.setPen(palette().color(QPalette::ToolTipText));
  double y = box.top() + kGap;
  for (const QString& line : lines) {
    painter.drawText(QRectF(box.left() + 2 * kGap, y, wide + 1, metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, line);
    y += metrics.height();
  }
}

}  // namespace heaptap::gui
