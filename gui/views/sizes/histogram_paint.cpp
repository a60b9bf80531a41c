// SPDX-License-Identifier: Apache-2.0
// How a histogram looks: where its bars are, and what is said of them.
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/models/tool_tip.h"
#include "gui/models/trees/tree_text.h"
#include "gui/views/colours.h"
#include "gui/views/sizes/histogram_chart.h"

namespace heaptap::gui {
namespace {

constexpr double kGap = 6;             // Between labels and what they belong to.
constexpr double kLeastInterval = 36;  // Between lines of the grid.
constexpr double kWidestBar = 64;
constexpr double kBarShare = 0.8;  // Of a column.
constexpr double kLeastPart = 1;   // What is little but not nothing is seen.
constexpr qsizetype kMostOfAMeaning = 40;

}  // namespace

QSize HistogramChart::minimumSizeHint() const { return {120, 3 * fontMetrics().height()}; }

void HistogramChart::layOut() {
  quint64 most = 0;
  for (const Histogram::Bar& bar : m_histogram.bars) most = std::max(most, valueOf(bar.sum(), m_unit));
  const double text = fontMetrics().height();
  const double tall = std::max(1.0, height() - 1.5 * text - kGap);
  const int intervals = std::max(1, static_cast<int>(tall / kLeastInterval));
  m_axis = m_unit == HistogramUnit::Bytes ? byteAxis(most, intervals) : countAxis(most, intervals);
  double labels = 0;
  for (const Tick& tick : m_axis.ticks)
    labels = std::max(labels, QFontMetricsF(font()).horizontalAdvance(tick.label));
  m_plot = QRectF(labels + kGap, text / 2, std::max(1.0, width() - labels - kGap - 1), tall);
  update();
}

double HistogramChart::heightOf(quint64 value) const {
  const double share = static_cast<double>(value) / static_cast<double>(std::max<quint64>(m_axis.end, 1));
  return value == 0 ? 0 : std::max(kLeastPart, share * m_plot.height());
}

QRectF HistogramChart::columnOf(std::size_t bar) const {
  const double wide = std::min(kWidestBar, m_plot.width() / static_cast<double>(m_histogram.bars.size()));
  return {m_plot.left() + wide * static_cast<double>(bar), m_plot.top(), wide, m_plot.height()};
}

QRectF HistogramChart::rectOf(const Place& place) const {
  const QRectF column = columnOf(place.bar);
  const double wide = column.width() * kBarShare;
  const double left = column.left() + (column.width() - wide) / 2;
  const std::vector<BlockSum>& parts = m_histogram.bars[place.bar].parts;
  double top = m_plot.bottom();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double tall = heightOf(valueOf(parts[i], m_unit));
    top -= tall;
    if (place.series && *place.series == i) return {left, top, wide, tall};
  }
  return {left, top, wide, m_plot.bottom() - top};
}

std::optional<HistogramChart::Place> HistogramChart::placeAt(const QPointF& at) const {
  if (m_histogram.bars.empty() || at.x() < m_plot.left()) return std::nullopt;
  const auto bar = static_cast<std::size_t>((at.x() - m_plot.left()) / columnOf(0).width());
  if (bar >= m_histogram.bars.size() || valueOf(m_histogram.bars[bar].sum(), m_unit) == 0)
    return std::nullopt;
  for (std::size_t i = 0; i < m_histogram.series.size(); ++i)
    if (const QRectF rect = rectOf({.bar = bar, .series = i}); !rect.isEmpty() && rect.contains(at))
      return Place{.bar = bar, .series = i};
  return Place{.bar = bar};
}

QColor HistogramChart::colourOf(std::size_t series) const {
  const auto found = m_colours.constFind(m_histogram.series[series].function);
  return found == m_colours.constEnd() || *found >= Hues::kCount ? m_hues.neutral() : m_hues.at(*found);
}

std::vector<Meaning> HistogramChart::legend() const {
  std::vector<Meaning> meanings;
  for (std::size_t i = 0; i < m_histogram.series.size(); ++i)
    if (m_histogram.series[i].sum != BlockSum())
      meanings.push_back(
          {.colour = colourOf(i), .text = oneLine(m_histogram.series[i].name, kMostOfAMeaning)});
  return meanings;
}

void HistogramChart::paintAxis(QPainter& painter) const {
  const Colours colours = Colours::of(palette());
  const double text = fontMetrics().height();
  for (const Tick& tick : m_axis.ticks) {
    const double share =
        static_cast<double>(tick.value) / static_cast<double>(std::max<quint64>(m_axis.end, 1));
    const double y = std::round(m_plot.bottom() - share * m_plot.height());
    painter.fillRect(QRectF(m_plot.left(), y, m_plot.width(), 1), colours.grid);
    painter.setPen(colours.muted);
    painter.drawText(QRectF(0, y - text / 2, m_plot.left() - kGap, text),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, tick.label);
  }
}

/// The beginnings of ranges, at the left edges of their columns; as many as have room.
void HistogramChart::paintRanges(QPainter& painter) const {
  const QFontMetricsF metrics(font());
  double widest = 0;
  for (const Histogram::Bar& bar : m_histogram.bars)
    widest = std::max(widest, metrics.horizontalAdvance(rangeBeginText(bar.from, m_axisKind)));
  const double column = columnOf(0).width();
  const auto step = static_cast<std::size_t>(std::max(1.0, std::ceil((widest + kGap) / column)));
  painter.setPen(Colours::of(palette()).muted);
  for (std::size_t bar = 0; bar < m_histogram.bars.size(); bar += step) {
    const QString text = rangeBeginText(m_histogram.bars[bar].from, m_axisKind);
    const double left = columnOf(bar).left();
    if (left + metrics.horizontalAdvance(text) > width()) continue;
    painter.drawText(QPointF(left, m_plot.bottom() + kGap / 2 + metrics.ascent()), text);
  }
}

void HistogramChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Base));
  if (m_histogram.bars.empty()) {
    painter.setPen(Colours::of(palette()).muted);
    painter.drawText(rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    return;
  }
  paintAxis(painter);
  paintRanges(painter);
  for (std::size_t bar = 0; bar < m_histogram.bars.size(); ++bar) {
    double top = m_plot.bottom();
    const QRectF whole = rectOf({.bar = bar});
    for (std::size_t i = 0; i < m_histogram.series.size(); ++i) {
      const double tall = heightOf(valueOf(m_histogram.bars[bar].parts[i], m_unit));
      top -= tall;
      // A hair of the background between parts, where there is room for one.
      if (tall > 0)
        painter.fillRect(QRectF(whole.left(), top, whole.width(), tall > 3 ? tall - 1 : tall), colourOf(i));
    }
  }
  const auto outline = [&](const Place& place, double wide) {
    painter.setPen(QPen(m_hues.outline(), wide, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(rectOf(place).adjusted(-1, -1, 1, 0));
  };
  if (m_hovered && m_hovered != m_current) outline(*m_hovered, 1);
  if (m_current) outline(*m_current, hasFocus() ? 2 : 1);
}

bool HistogramChart::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto& help = *static_cast<QHelpEvent*>(event);
  const auto place = placeAt(help.pos());
  if (place)
    QToolTip::showText(help.globalPos(),
                       gui::toolTip(barLines(m_histogram, place->bar, m_unit, m_axisKind).join('\n')), this);
  else
    QToolTip::hideText();
  return true;
}

}  // namespace heaptap::gui
