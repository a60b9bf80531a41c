// SPDX-License-Identifier: Apache-2.0
// What a histogram holds, and what the user does in it.
#include "gui/views/sizes/histogram_chart.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>

namespace heaptap::gui {

HistogramChart::HistogramChart(HistogramAxis axis, QWidget* parent)
    : QWidget(parent), m_axisKind(axis), m_hues(palette()) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  tell();
}

void HistogramChart::setHistogram(const Histogram* histogram, HistogramUnit unit) {
  const auto before = m_current ? std::optional(m_histogram.bars[m_current->bar].from) : std::nullopt;
  m_histogram = histogram != nullptr ? *histogram : Histogram();
  m_unit = unit;
  m_current.reset();
  m_hovered.reset();
  for (std::size_t bar = 0; before && bar < m_histogram.bars.size(); ++bar)
    if (m_histogram.bars[bar].from == *before) m_current = Place{.bar = bar};
  layOut();
  tell();
}

void HistogramChart::setEmptyText(const QString& text) {
  if (text == m_emptyText) return;
  m_emptyText = text;
  tell();
  update();
}

void HistogramChart::setColours(const QHash<QString, std::size_t>& colours) {
  m_colours = colours;
  update();
}

void HistogramChart::setCurrent(const std::optional<Place>& place) {
  if (place && place->bar >= m_histogram.bars.size()) return;
  m_current = place;
  update();
  tell();
}

QString HistogramChart::readOut() const {
  const std::optional<Place>& place = m_hovered ? m_hovered : m_current;
  return place ? barSentence(m_histogram, place->bar, place->series, m_unit, m_axisKind) : QString();
}

void HistogramChart::tell() {
  setAccessibleName(m_axisKind == HistogramAxis::Sizes ? tr("Sizes") : tr("Lifetimes"));
  if (m_histogram.bars.empty())
    setAccessibleDescription(m_emptyText);
  else
    setAccessibleDescription(
        m_current ? barSentence(m_histogram, m_current->bar, m_current->series, m_unit, m_axisKind)
                  : blockSumText(m_histogram.sum(), m_histogram.areEstimates || m_histogram.areMeans));
  emit readOutChanged();
}

void HistogramChart::goToBar(std::size_t bar) {
  const std::size_t last = m_histogram.bars.size() - 1;
  setCurrent(Place{.bar = std::min(bar, last)});
}

/// Through the parts that there are, the whole bar before the first.
void HistogramChart::goToPart(int direction) {
  if (!m_current) return goToBar(0);
  const std::vector<BlockSum>& parts = m_histogram.bars[m_current->bar].parts;
  int at = m_current->series ? static_cast<int>(*m_current->series) : -1;
  do at += direction;
  while (at >= 0 && at < static_cast<int>(parts.size()) &&
         valueOf(parts[static_cast<std::size_t>(at)], m_unit) == 0);
  if (at >= static_cast<int>(parts.size()) || at < -1) return;
  Place place{.bar = m_current->bar};
  if (at >= 0) place.series = static_cast<std::size_t>(at);
  setCurrent(place);
}

void HistogramChart::keyPressEvent(QKeyEvent* event) {
  if (m_histogram.bars.empty() || (event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) != 0)
    return QWidget::keyPressEvent(event);
  const std::size_t last = m_histogram.bars.size() - 1;
  switch (event->key()) {
    case Qt::Key_Left: return goToBar(m_current && m_current->bar > 0 ? m_current->bar - 1 : 0);
    case Qt::Key_Right: return goToBar(m_current ? m_current->bar + 1 : 0);
    case Qt::Key_Home: return goToBar(0);
    case Qt::Key_End: return goToBar(last);
    case Qt::Key_Up: return goToPart(1);
    case Qt::Key_Down: return goToPart(-1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (m_current)
        emit chosen(m_current->bar, m_current->series, event->modifiers().testFlag(Qt::ControlModifier));
      return;
    default: return QWidget::keyPressEvent(event);
  }
}

void HistogramChart::mouseMoveEvent(QMouseEvent* event) { setHovered(placeAt(event->position())); }

void HistogramChart::mousePressEvent(QMouseEvent* event) {
  const auto place = placeAt(event->position());
  if (event->button() != Qt::LeftButton || !place) return QWidget::mousePressEvent(event);
  setCurrent(place);
  emit chosen(place->bar, place->series, event->modifiers().testFlag(Qt::ControlModifier));
}

void HistogramChart::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  setHovered(std::nullopt);
}

void HistogramChart::setHovered(const std::optional<Place>& place) {
  if (place == m_hovered) return;
  m_hovered = place;
  update();
  emit readOutChanged();
}

void HistogramChart::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layOut();
}

void HistogramChart::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) m_hues = Hues(palette());
  if (event->type() == QEvent::FontChange) layOut();
}

void HistogramChart::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void HistogramChart::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace heaptap::gui
