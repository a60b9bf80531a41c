// SPDX-License-Identifier: Apache-2.0
// What an address map holds, and what the user does in it.
#include "gui/views/address_map/map_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>

#include "gui/models/address_map/map_text.h"

namespace heaptap::gui {
namespace {

constexpr int kZoomStep = 2;

}  // namespace

MapCanvas::MapCanvas(QWidget* parent) : QAbstractScrollArea(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFrameShape(QFrame::NoFrame);
  viewport()->setMouseTracking(true);
  m_colours = std::make_unique<MapColours>(m_map, m_colouring, palette());
  tell();
}

void MapCanvas::setMap(const AddressMap& map) {
  if (map == m_map) return;
  const bool hadCurrent = m_current.has_value();
  const quint64 address = m_current.value_or(0) * m_map.cellBytes;
  m_map = map;
  m_current.reset();
  m_hovered.reset();
  if (hadCurrent && mapCellAt(m_map, address / m_map.cellBytes)) m_current = address / m_map.cellBytes;
  setColouring(m_colouring);
  layOut();
  tell();
}

void MapCanvas::setColouring(MapColouring colouring) {
  m_colouring = colouring;
  m_colours = std::make_unique<MapColours>(m_map, colouring, palette());
  viewport()->update();
  emit legendChanged();
}

void MapCanvas::setEmptyText(const QString& text) {
  if (text == m_emptyText) return;
  m_emptyText = text;
  tell();
  viewport()->update();
}

void MapCanvas::setZoom(int cellPixels) {
  cellPixels = std::clamp(cellPixels, kLeastZoom, kMostZoom);
  if (cellPixels == m_cellPixels) return;
  // What is above stays above.
  const std::size_t row = m_rows.empty() ? 0 : rowAtY(0);
  const auto first = row < m_rows.size() ? std::optional(m_rows[row].firstCell) : std::nullopt;
  m_cellPixels = cellPixels;
  layOut();
  if (const auto at = first ? rowOf(*first) : std::nullopt) verticalScrollBar()->setValue(m_tops[*at]);
}

std::vector<Meaning> MapCanvas::legend() const { return m_colours->legend(); }

QString MapCanvas::readOut() const {
  const auto& cell = m_hovered ? m_hovered : m_current;
  return cell ? mapCellSentence(m_map, *cell) : QString();
}

void MapCanvas::tell() {
  setAccessibleName(tr("Address map"));
  setAccessibleDescription(m_map.cells.empty() ? m_emptyText
                           : m_current         ? mapCellSentence(m_map, *m_current)
                                               : mapSentence(m_map));
  emit readOutChanged();
}

void MapCanvas::setCurrent(const std::optional<quint64>& cell) {
  m_current = cell;
  if (const auto row = cell ? rowOf(*cell) : std::nullopt) showRow(*row);
  viewport()->update();
  tell();
}

void MapCanvas::choose(quint64 cell) {
  if (mapCellAt(m_map, cell)) emit chosen(cell);
}

std::optional<std::size_t> MapCanvas::rowOf(quint64 cell) const {
  const auto after = std::upper_bound(m_rows.begin(), m_rows.end(), cell,
                                      [](quint64 at, const MapRow& row) { return at < row.firstCell; });
  if (after == m_rows.begin()) return std::nullopt;
  // A gap begins in the row of what is before it.
  for (auto row = after - 1;; --row) {
    if (row->kind != MapRow::Kind::Gap && cell >= row->firstCell && cell - row->firstCell < row->cells)
      return static_cast<std::size_t>(row - m_rows.begin());
    if (row == m_rows.begin() || after - row > 3) return std::nullopt;
  }
}

/// Of a row, the cell with blocks at this column, or else its first one.
std::optional<quint64> MapCanvas::cellOfRow(std::size_t at, quint64 column) const {
  const MapRow& row = m_rows[at];
  if (row.kind == MapRow::Kind::Gap) return std::nullopt;
  if (row.kind == MapRow::Kind::Run || mapCellAt(m_map, row.firstCell + column))
    return row.firstCell + column;
  return std::max(row.firstCell, m_map.cells[row.first].firstCell);
}

void MapCanvas::goBeside(int direction) {
  const auto at = m_current ? mapCellAt(m_map, *m_current) : std::nullopt;
  if (!at) return setCurrent(m_map.cells.front().firstCell);
  if (direction < 0 ? *at == 0 : *at + 1 == m_map.cells.size()) return;
  setCurrent(m_map.cells[direction < 0 ? *at - 1 : *at + 1].firstCell);
}

void MapCanvas::goToRow(int direction) {
  const auto at = m_current ? rowOf(*m_current) : std::nullopt;
  if (!at) return setCurrent(m_map.cells.front().firstCell);
  const quint64 column = *m_current % m_columns;
  for (auto row = static_cast<std::ptrdiff_t>(*at) + direction;
       row >= 0 && row < static_cast<std::ptrdiff_t>(m_rows.size()); row += direction)
    if (const auto cell = cellOfRow(static_cast<std::size_t>(row), column)) return setCurrent(cell);
}

void MapCanvas::showRow(std::size_t row) {
  QScrollBar& bar = *verticalScrollBar();
  if (m_tops[row] < bar.value()) bar.setValue(m_tops[row]);
  if (m_tops[row + 1] > bar.value() + viewport()->height())
    bar.setValue(m_tops[row + 1] - viewport()->height());
}

void MapCanvas::keyPressEvent(QKeyEvent* event) {
  if (m_map.cells.empty() || (event->modifiers() & (Qt::AltModifier | Qt::ControlModifier)) != 0)
    return QAbstractScrollArea::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Left: return goBeside(-1);
    case Qt::Key_Right: return goBeside(1);
    case Qt::Key_Up: return goToRow(-1);
    case Qt::Key_Down: return goToRow(1);
    case Qt::Key_Home: return setCurrent(m_map.cells.front().firstCell);
    case Qt::Key_End: return setCurrent(m_map.cells.back().end() - 1);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return setZoom(m_cellPixels + kZoomStep);
    case Qt::Key_Minus: return setZoom(m_cellPixels - kZoomStep);
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (m_current) choose(*m_current);
      return;
    default: return QAbstractScrollArea::keyPressEvent(event);
  }
}

void MapCanvas::mouseMoveEvent(QMouseEvent* event) { setHovered(cellAt(event->pos())); }

void MapCanvas::mousePressEvent(QMouseEvent* event) {
  const auto cell = cellAt(event->pos());
  if (event->button() != Qt::LeftButton || !cell || !mapCellAt(m_map, *cell))
    return QAbstractScrollArea::mousePressEvent(event);
  setCurrent(cell);
  choose(*cell);
}

void MapCanvas::wheelEvent(QWheelEvent* event) {
  if (!event->modifiers().testFlag(Qt::ControlModifier)) return QAbstractScrollArea::wheelEvent(event);
  if (event->angleDelta().y() != 0)
    setZoom(m_cellPixels + (event->angleDelta().y() > 0 ? kZoomStep : -kZoomStep));
  event->accept();
}

void MapCanvas::setHovered(const std::optional<quint64>& cell) {
  if (cell == m_hovered) return;
  m_hovered = cell;
  viewport()->update();
  emit readOutChanged();
}

void MapCanvas::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  layOut();
}

void MapCanvas::changeEvent(QEvent* event) {
  QAbstractScrollArea::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) setColouring(m_colouring);
  if (event->type() == QEvent::FontChange) layOut();
}

void MapCanvas::scrollContentsBy(int, int) { viewport()->update(); }

void MapCanvas::focusInEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusInEvent(event);
  viewport()->update();
}

void MapCanvas::focusOutEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusOutEvent(event);
  viewport()->update();
}

}  // namespace heaptap::gui
