// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_painter.h"

#include <QCoreApplication>
#include <algorithm>

namespace heaptap::gui {
namespace {

constexpr double kRadius = 3.5;
constexpr double kPointRadius = 1;  // Of a moment of which the neighbours are not known.
constexpr double kShortMark = 7;

class TimelineText {
  Q_DECLARE_TR_FUNCTIONS(TimelineView)
};

QPen rssPen(const Colours& colours) { return {colours.rss, 1.2, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin}; }

QPen pssPen(const Colours& colours) {
  QPen pen(colours.pss, 1.2, Qt::CustomDashLine, Qt::FlatCap, Qt::RoundJoin);
  pen.setDashPattern({4, 2.5});
  return pen;
}

}  // namespace

QString allocationsLabel() { return TimelineText::tr("alloc/s"); }

TimelinePainter::TimelinePainter(QPainter& painter, const TimelineScale& scale, const QPalette& palette,
                                 const QFont& font)
    : m_painter(painter),
      m_scale(scale),
      m_palette(palette),
      m_metrics(font),
      m_colours(Colours::of(palette)) {
  m_painter.setRenderHint(QPainter::Antialiasing);
}

void TimelinePainter::grid() {
  const QRectF& area = m_scale.plot;
  m_painter.fillRect(area, m_palette.color(QPalette::Base));
  m_painter.setRenderHint(QPainter::Antialiasing, false);
  m_painter.setPen(QPen(m_colours.grid, 0));
  for (const Tick& tick : m_scale.bytes.ticks) {
    const double y = m_scale.yOf(tick.value);
    m_painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
  }
  for (const Tick& tick : m_scale.resident.ticks) {
    const double y = m_scale.yOfResident(tick.value);
    m_painter.drawLine(QPointF(area.right(), y), QPointF(area.right() + kTimelineGap / 2, y));
  }
  for (const Tick& tick : m_scale.time.ticks) {
    const double x = m_scale.xOf(tick.value);
    m_painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + kTimelineGap / 2));
  }
  m_painter.setRenderHint(QPainter::Antialiasing);
}

void TimelinePainter::labels() {
  const double lineHeight = m_metrics.height();
  m_painter.setPen(m_colours.muted);
  for (const Tick& tick : m_scale.bytes.ticks)
    m_painter.drawText(
        QRectF(0, m_scale.yOf(tick.value) - lineHeight / 2, m_scale.plot.left() - kTimelineGap, lineHeight),
        Qt::AlignRight | Qt::AlignVCenter, tick.label);
  const double right = m_scale.plot.right() + kTimelineGap;
  m_painter.setPen(m_colours.rss);
  for (const Tick& tick : m_scale.resident.ticks)
    m_painter.drawText(QRectF(right, m_scale.yOfResident(tick.value) - lineHeight / 2,
                              m_metrics.horizontalAdvance(tick.label) + 1, lineHeight),
                       Qt::AlignLeft | Qt::AlignVCenter, tick.label);
  m_painter.setPen(m_colours.muted);
  for (const Tick& tick : m_scale.time.ticks) {
    const double wide = m_metrics.horizontalAdvance(tick.label);
    // The outermost labels stay inside the widget.
    const double most = std::max(0.0, m_scale.plot.right() + 1 - wide);
    const double left = std::clamp(m_scale.xOf(tick.value) - wide / 2, 0.0, most);
    m_painter.drawText(QRectF(left, m_scale.timeLabelsTop, wide + 1, lineHeight),
                       Qt::AlignLeft | Qt::AlignVCenter, tick.label);
  }
}

void TimelinePainter::live(const Timeline& timeline, std::size_t step,
                           const std::vector<TimelinePoint>& newest) {
  const double bottom = m_scale.plot.bottom();
  m_painter.save();
  clipToPlot();
  m_painter.setPen(Qt::NoPen);
  m_painter.setBrush(m_colours.surge);
  m_painter.setRenderHint(QPainter::Antialiasing,
                          false);  // A step is a pixel wide at least: none fades away.
  m_painter.drawPolygon(filledTo(surgeLine(timeline, m_scale, step), bottom));
  m_painter.setRenderHint(QPainter::Antialiasing);
  const std::vector<QPolygonF> lines = liveLines(timeline, m_scale, step, newest);
  m_painter.setBrush(m_colours.area);
  for (const QPolygonF& line : lines) m_painter.drawPolygon(filledTo(line, bottom));
  if (const QPolygonF band = errorBand(timeline, m_scale, step); !band.isEmpty()) {
    QColor colour = m_colours.curve;
    colour.setAlphaF(0.28F);
    m_painter.setBrush(colour);
    m_painter.drawPolygon(band);
  }
  drawCurve(lines);
  m_painter.restore();
}

void TimelinePainter::curve(const Timeline& timeline, std::size_t step,
                            const std::vector<TimelinePoint>& newest) {
  m_painter.save();
  clipToPlot();
  drawCurve(liveLines(timeline, m_scale, step, newest));
  m_painter.restore();
}

void TimelinePainter::drawCurve(const std::vector<QPolygonF>& lines) {
  m_painter.setBrush(Qt::NoBrush);
  m_painter.setPen(QPen(m_colours.curve, 1.4, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
  for (const QPolygonF& line : lines) {
    if (line.size() == 1)
      m_painter.drawEllipse(line.first(), kPointRadius, kPointRadius);
    else
      m_painter.drawPolyline(line);
  }
}

/// What is outside of the window is not painted; half a pen's width beside it is.
void TimelinePainter::clipToPlot() { m_painter.setClipRect(m_scale.plot.adjusted(0, -1, 1, 1)); }

void TimelinePainter::allocations(const std::vector<TimelineRate>& rates,
                                  const std::vector<TimelineRate>& temporary, double height) {
  const double top = m_scale.plot.bottom() + kTimelineGap;
  m_painter.save();
  m_painter.setRenderHint(QPainter::Antialiasing, false);
  const QRectF band(m_scale.plot.left(), top, m_scale.plot.width(), height);
  m_painter.fillRect(band, m_palette.color(QPalette::Base));
  m_painter.setClipRect(band);
  m_painter.setPen(Qt::NoPen);
  const double most = std::max(mostOf(rates), mostOf(temporary));
  m_painter.setBrush(m_colours.bars);
  for (const QRectF& bar : rateBars(rates, m_scale, most, band.bottom(), height)) m_painter.drawRect(bar);
  m_painter.setBrush(m_colours.temporaryBars);
  for (const QRectF& bar : rateBars(temporary, m_scale, most, band.bottom(), height)) m_painter.drawRect(bar);
  m_painter.restore();
  const double lineHeight = m_metrics.height();
  m_painter.setPen(m_colours.muted);
  m_painter.drawText(
      QRectF(0, band.center().y() - lineHeight / 2, m_scale.plot.left() - kTimelineGap, lineHeight),
      Qt::AlignRight | Qt::AlignVCenter, allocationsLabel());
}

void TimelinePainter::resident(const Timeline& timeline) {
  m_painter.save();
  clipToPlot();
  m_painter.setBrush(Qt::NoBrush);
  m_painter.setPen(rssPen(m_colours));
  m_painter.drawPolyline(rssLine(timeline, m_scale));
  m_painter.setPen(pssPen(m_colours));
  m_painter.drawPolyline(pssLine(timeline, m_scale));
  m_painter.restore();
}

void TimelinePainter::legend(const Timeline& timeline, double bottom) {
  const bool hasPss =
      std::any_of(timeline.resident.begin(), timeline.resident.end(),
                  [](const Timeline::Resident& moment) { return moment.pssBytes.has_value(); });
  std::vector<LegendEntry> entries{
      {.text = TimelineText::tr("live heap (left)"),
       .line = QPen(m_colours.curve, 3, Qt::SolidLine, Qt::FlatCap)},
      {.text = TimelineText::tr("resident, RSS (right)"), .line = rssPen(m_colours)}};
  if (hasPss)
    entries.push_back(
        {.text = TimelineText::tr("PSS, heaptap's share included (right)"), .line = pssPen(m_colours)});
  legend(entries, bottom);
}

void TimelinePainter::legend(const std::vector<LegendEntry>& entries, double bottom) {
  paintLegend(m_painter, entries, m_metrics, m_colours.muted, m_scale.plot.left(), m_scale.plot.right(),
              bottom);
}

void TimelinePainter::note(const QRectF& band, const QString& text) {
  m_painter.setPen(m_colours.muted);
  m_painter.drawText(band, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     m_metrics.elidedText(text, Qt::ElideRight, band.width()));
}

void TimelinePainter::peak(const TimelinePoint& peak, const QString& label) {
  if (peak.bytes == 0) return;
  const QPointF at(m_scale.xOf(std::min(peak.atNs, m_scale.recordEndNs)), m_scale.yOf(peak.bytes));
  m_painter.setPen(QPen(m_palette.color(QPalette::Base), 1.5));
  m_painter.setBrush(m_colours.curve);
  m_painter.drawEllipse(at, kRadius + 0.5, kRadius + 0.5);
  const double wide = m_metrics.horizontalAdvance(label);
  const bool isLeft = at.x() + kTimelineGap + kRadius + wide > m_scale.plot.right() + 1;
  const double x = isLeft ? at.x() - kTimelineGap - kRadius - wide : at.x() + kTimelineGap + kRadius;
  const double y = std::max(0.0, at.y() - kRadius - m_metrics.height());
  const QRectF room(x, y, wide + 1, m_metrics.height());
  // Other curves may pass there: they shine through, and leave the label readable.
  QColor veil = m_palette.color(QPalette::Base);
  veil.setAlphaF(0.8F);
  m_painter.fillRect(room & m_scale.plot, veil);
  m_painter.setPen(m_palette.color(QPalette::WindowText));
  m_painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, label);
}

void TimelinePainter::markLine(const MarkSpot& spot, bool isCurrent, bool isShort) {
  const QRectF& area = m_scale.plot;
  m_painter.setRenderHint(QPainter::Antialiasing, false);
  if (isCurrent)
    m_painter.setPen(QPen(m_palette.color(QPalette::WindowText), 2, Qt::SolidLine, Qt::FlatCap));
  else
    m_painter.setPen(QPen(m_colours.mark, 1, isShort ? Qt::SolidLine : Qt::DotLine, Qt::FlatCap));
  m_painter.drawLine(QPointF(spot.x, area.top()),
                     QPointF(spot.x, isShort ? area.top() + kShortMark : area.bottom()));
  m_painter.setRenderHint(QPainter::Antialiasing);
}

void TimelinePainter::markLabel(const MarkSpot& spot, const QString& label, bool isCurrent) {
  const double height = m_metrics.height();
  m_painter.setPen(isCurrent ? m_palette.color(QPalette::WindowText) : m_colours.muted);
  m_painter.drawText(QRectF(spot.labelLeft, m_scale.plot.top() - height, spot.labelWidth + 1, height),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     m_metrics.elidedText(label, Qt::ElideRight, spot.labelWidth + 0.5));
}

void TimelinePainter::time(const TimeChoice& time) {
  if (time.isNow()) return;
  if (!time.hasBeginning()) return chosenLine(*time.atNs, {});
  const double from = m_scale.xOf(*time.fromNs);
  const double to = m_scale.xOf(*time.atNs);
  QColor shade = m_palette.color(QPalette::Highlight);
  shade.setAlphaF(0.18F);
  m_painter.fillRect(QRectF(from, m_scale.plot.top(), to - from, m_scale.plot.height()) & m_scale.plot,
                     shade);
  chosenLine(*time.fromNs, TimelineText::tr("A"));
  chosenLine(*time.atNs, TimelineText::tr("B"));
}

void TimelinePainter::chosenLine(quint64 atNs, const QString& letter) {
  if (atNs < m_scale.time.begin || atNs > m_scale.time.end) return;
  const QRectF& area = m_scale.plot;
  const double x = m_scale.xOf(atNs);
  const QColor colour = m_palette.color(QPalette::Highlight);
  m_painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::FlatCap));
  m_painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  const double height = m_metrics.height();
  const double wide = std::max(height, m_metrics.horizontalAdvance(letter) + kTimelineGap);
  if (letter.isEmpty()) {
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(colour);
    const double half = height / 3;
    m_painter.drawPolygon(
        QPolygonF({{x - half, area.top()}, {x + half, area.top()}, {x, area.top() + 1.4 * half}}));
    return;
  }
  const QRectF flag(std::clamp(x - wide / 2, area.left(), std::max(area.left(), area.right() - wide)),
                    area.bottom() - height, wide, height);
  m_painter.fillRect(flag, colour);
  m_painter.setPen(m_palette.color(QPalette::HighlightedText));
  m_painter.drawText(flag, Qt::AlignCenter, letter);
}

void TimelinePainter::cursor(quint64 atNs, std::optional<quint64> bytes) {
  const double x = m_scale.xOf(atNs);
  m_painter.setPen(QPen(m_colours.muted, 1, Qt::DashLine));
  m_painter.drawLine(QPointF(x, m_scale.plot.top()), QPointF(x, m_scale.plot.bottom()));
  if (!bytes) return;
  m_painter.setPen(QPen(m_palette.color(QPalette::Base), 1.5));
  m_painter.setBrush(m_colours.curve);
  m_painter.drawEllipse(QPointF(x, m_scale.yOf(*bytes)), kRadius, kRadius);
}

void TimelinePainter::readOut(quint64 atNs, const QStringList& lines) {
  const QRectF& area = m_scale.plot;
  const double x = m_scale.xOf(atNs);
  const double most = std::max(60.0, area.width() - 8 * kTimelineGap);
  double wide = 0;
  for (const QString& line : lines) wide = std::max(wide, m_metrics.horizontalAdvance(line));
  wide = std::min(wide, most);
  const QSizeF size(wide + 4 * kTimelineGap,
                    m_metrics.height() * static_cast<double>(lines.size()) + 2 * kTimelineGap);
  const bool isLeft = x + 2 * kTimelineGap + size.width() > area.right();
  const double left = isLeft ? std::max(0.0, x - 2 * kTimelineGap - size.width()) : x + 2 * kTimelineGap;
  const QRectF box(QPointF(left, area.top() + kTimelineGap), size);
  m_painter.setPen(QPen(m_colours.grid, 1));
  m_painter.setBrush(m_palette.color(QPalette::ToolTipBase));
  m_painter.drawRoundedRect(box, 3, 3);
  m_painter.setPen(m_palette.color(QPalette::ToolTipText));
  double y = box.top() + kTimelineGap;
  for (const QString& line : lines) {
    m_painter.drawText(QRectF(box.left() + 2 * kTimelineGap, y, wide + 1, m_metrics.height()),
                       Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                       m_metrics.elidedText(line, Qt::ElideRight, wide + 0.5));
    y += m_metrics.height();
  }
}

void TimelinePainter::focusFrame() {
  m_painter.setPen(QPen(m_colours.curve, 1, Qt::DotLine));
  m_painter.setBrush(Qt::NoBrush);
  m_painter.drawRect(m_scale.plot);
}

}  // namespace heaptap::gui
