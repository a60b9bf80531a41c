// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_lanes.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/colours.h"
#include "gui/views/painting/hues.h"

namespace heaptap::gui {
namespace {

class LaneText {
  Q_DECLARE_TR_FUNCTIONS(TimelineView)
};

/// Allocations of a thread in the time of one step: those of a step that has moved are of a longer or a
/// shorter one.
double inOneStep(const TimelineSeries& series, const TimelineSeries::Lane& lane, std::size_t step) {
  const auto allocations = static_cast<double>(lane.allocations[step]);
  if (series.moved.empty()) return allocations;
  return allocations * static_cast<double>(series.stepNs) /
         static_cast<double>(std::max<quint64>(series.windowOf(step).width(), 1));
}

}  // namespace

double TimelineLanes::laneHeight(const QFontMetricsF& metrics) { return std::ceil(metrics.height() * 0.95); }

void TimelineLanes::show(const TimelineSeries& series, const QPalette& palette) {
  m_image = {};
  if (series.lanes.empty() || series.steps.empty()) return;
  double most = 1;
  for (const TimelineSeries::Lane& lane : series.lanes)
    for (std::size_t step = 0; step < series.steps.size(); ++step)
      most = std::max(most, inOneStep(series, lane, step));
  // A column for each step; of steps that have moved, one for each width.
  const auto columns =
      static_cast<std::size_t>((series.endNs() - series.beginNs + series.stepNs - 1) / series.stepNs);
  m_image = QImage(static_cast<int>(columns), static_cast<int>(series.lanes.size()),
                   QImage::Format_ARGB32_Premultiplied);
  m_widthNs = columns * series.stepNs;
  const Hues hues(palette);
  const QRgb quiet = palette.color(QPalette::Base).rgb();
  // By its logarithm: a thread that does little is seen beside one that does a thousand times as much.
  const double whole = std::log1p(most);
  for (std::size_t column = 0; column < columns; ++column) {
    const auto step = series.stepAt(series.beginNs + column * series.stepNs + series.stepNs / 2);
    for (std::size_t lane = 0; lane < series.lanes.size(); ++lane) {
      QRgb colour = qRgba(0, 0, 0, 0);
      if (step) {
        const double allocations = inOneStep(series, series.lanes[lane], *step);
        colour = allocations == 0 ? quiet : hues.shade(std::log1p(allocations) / whole).rgb();
      }
      m_image.setPixel(static_cast<int>(column), static_cast<int>(lane), colour);
    }
  }
}

void TimelineLanes::place(const QRectF& area, std::size_t count) {
  m_area = area;
  m_count = count;
}

double TimelineLanes::labelWidth(const TimelineSeries& series, const QFontMetricsF& metrics, double most) {
  double widest = 0;
  for (const TimelineSeries::Lane& lane : series.lanes)
    widest = std::max(widest, metrics.horizontalAdvance(lane.name));
  return std::min(std::ceil(widest) + 1, most);
}

std::optional<std::size_t> TimelineLanes::laneAt(const QPointF& position) const {
  if (m_count == 0 || position.x() < 0 || position.x() > m_area.right() || position.y() < m_area.top() ||
      position.y() >= m_area.bottom())
    return std::nullopt;
  const double each = m_area.height() / static_cast<double>(m_count);
  return std::min(static_cast<std::size_t>((position.y() - m_area.top()) / each), m_count - 1);
}

QRectF TimelineLanes::rectangleOf(std::size_t lane) const {
  const double each = m_area.height() / static_cast<double>(std::max<std::size_t>(m_count, 1));
  return {m_area.left(), m_area.top() + each * static_cast<double>(lane), m_area.width(), each};
}

void TimelineLanes::paint(QPainter& painter, const TimelineSeries& series, const TimelineScale& scale,
                          const QPalette& palette, const QFont& font, const QStringList& chosen,
                          std::optional<std::size_t> current) const {
  if (m_count == 0 || m_image.isNull()) return;
  const Colours colours = Colours::of(palette);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  const double left = scale.xOf(series.beginNs);
  const double right = scale.xOf(series.beginNs + m_widthNs);
  painter.setClipRect(m_area);
  for (std::size_t lane = 0; lane < std::min(m_count, series.lanes.size()); ++lane) {
    const QRectF whole = rectangleOf(lane);
    painter.drawImage(QRectF(left, whole.top(), right - left, whole.height() - 1), m_image,
                      QRectF(0, static_cast<double>(lane), m_image.width(), 1));
  }
  painter.setClipping(false);
  for (std::size_t lane = 0; lane < std::min(m_count, series.lanes.size()); ++lane) {
    const QRectF whole = rectangleOf(lane);
    const TimelineSeries::Lane& shown = series.lanes[lane];
    const bool isChosen = !shown.isRest() && chosen.contains(shown.word);
    QFont labelFont = font;
    labelFont.setBold(isChosen);
    painter.setFont(labelFont);
    const double room = m_area.left() - kTimelineGap;
    painter.setPen(isChosen || current == lane ? palette.color(QPalette::WindowText) : colours.muted);
    painter.drawText(QRectF(0, whole.top(), room, whole.height() - 1),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(labelFont).elidedText(shown.name, Qt::ElideMiddle, room));
    if (!isChosen && current != lane) continue;
    painter.setPen(QPen(isChosen ? palette.color(QPalette::Highlight) : colours.muted, isChosen ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(whole.adjusted(0, 0, 0, -1));
  }
  painter.restore();
}

QString TimelineLanes::line(const TimelineSeries& series, std::size_t lane, quint64 atNs) {
  if (lane >= series.lanes.size()) return {};
  const TimelineSeries::Lane& shown = series.lanes[lane];
  const auto step = series.stepAt(atNs);
  if (!step) return LaneText::tr("%1: not stored").arg(shown.name);
  const QString numbers = LaneText::tr("%1, %2").arg(numberOfText(shown.allocations[*step], Noun::Allocation),
                                                     bytesText(shown.bytes[*step]));
  return LaneText::tr("%1: %2 in %3")
      .arg(shown.name, series.areEstimates ? estimated(numbers) : numbers,
           durationText(series.windowOf(*step).width()));
}

}  // namespace heaptap::gui
