// SPDX-License-Identifier: Apache-2.0
// How an address map looks: where its cells are, and what is in them.
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/models/address_map/map_text.h"
#include "gui/models/tool_tip.h"
#include "gui/views/address_map/map_canvas.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kAddressDigits = 14;  // 0x7f3a41c6e000
constexpr int kGutterGap = 8;
constexpr int kLeastWithGutter = 260;  // Where there is less room, addresses are in tool tips only.
constexpr int kLargestHole = 6;        // Cells are apart from this size on.
constexpr std::size_t kLeastColumns = 8;
constexpr double kEmptyShare = 0.16;  // Of the outline's colour, where a page is not used.
constexpr int kFoldPadding = 4;

}  // namespace

QSize MapCanvas::minimumSizeHint() const { return {120, 4 * fontMetrics().height()}; }

int MapCanvas::gutter() const {
  if (viewport()->width() < kLeastWithGutter) return 0;
  return kAddressDigits * fontMetrics().horizontalAdvance('0') + kGutterGap;
}

int MapCanvas::heightOf(const MapRow& row) const {
  return row.kind == MapRow::Kind::Cells ? m_cellPixels : fontMetrics().height() + kFoldPadding;
}

/// A power of two of columns, so that addresses at the left are round.
void MapCanvas::layOut() {
  const auto room = static_cast<std::size_t>(std::max(1, (viewport()->width() - gutter()) / m_cellPixels));
  m_columns = kLeastColumns;
  while (m_columns * 2 <= room) m_columns *= 2;
  m_rows = mapRows(m_map, m_columns);
  m_tops.assign(1, 0);
  for (const MapRow& row : m_rows) m_tops.push_back(m_tops.back() + heightOf(row));
  verticalScrollBar()->setRange(0, std::max(0, m_tops.back() - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(4 * m_cellPixels);
  viewport()->update();
}

int MapCanvas::topOf(std::size_t row) const { return m_tops[row] - verticalScrollBar()->value(); }

std::size_t MapCanvas::rowAtY(int y) const {
  const auto after = std::upper_bound(m_tops.begin(), m_tops.end(), y + verticalScrollBar()->value());
  return after == m_tops.begin() ? 0 : static_cast<std::size_t>(after - 1 - m_tops.begin());
}

QRect MapCanvas::rectOf(quint64 cell) const {
  const auto row = rowOf(cell);
  if (!row || m_rows[*row].kind != MapRow::Kind::Cells) return {};
  const auto column = static_cast<int>(cell - m_rows[*row].firstCell);
  return {gutter() + column * m_cellPixels, topOf(*row), m_cellPixels, m_cellPixels};
}

std::optional<quint64> MapCanvas::cellAt(const QPoint& at) const {
  const std::size_t row = rowAtY(at.y());
  if (at.y() < 0 || row >= m_rows.size() || m_rows[row].kind == MapRow::Kind::Gap) return std::nullopt;
  if (m_rows[row].kind == MapRow::Kind::Run) return m_rows[row].firstCell;
  if (at.x() < gutter()) return std::nullopt;
  const auto column = static_cast<std::size_t>((at.x() - gutter()) / m_cellPixels);
  return column < m_columns ? std::optional(m_rows[row].firstCell + column) : std::nullopt;
}

void MapCanvas::paintCells(QPainter& painter, const MapRow& row, int top, const MapColours& colours) const {
  const int hole = m_cellPixels >= kLargestHole ? 1 : 0;
  const int side = m_cellPixels - hole;
  const QColor empty = blended(palette().color(QPalette::Text), palette().color(QPalette::Base), kEmptyShare);
  for (std::size_t i = row.first; i < row.end; ++i) {
    const MapCell& cell = m_map.cells[i];
    const QColor colour = colours.of(cell);
    const quint64 from = std::max(cell.firstCell, row.firstCell);
    const quint64 end = std::min(cell.end(), row.firstCell + row.cells);
    const double share =
        std::min(1.0, static_cast<double>(cell.bytes) / static_cast<double>(cell.cells * m_map.cellBytes));
    const int used = std::clamp(static_cast<int>(std::ceil(share * side)), 1, side);
    for (quint64 at = from; at < end; ++at) {
      const int left = gutter() + static_cast<int>(at - row.firstCell) * m_cellPixels;
      if (used < side) painter.fillRect(left, top, side, side - used, empty);
      painter.fillRect(left, top + side - used, side, used, colour);
    }
  }
}

void MapCanvas::paintFold(QPainter& painter, const MapRow& row, int top, const MapColours& colours) const {
  const QRect rect(gutter(), top, static_cast<int>(m_columns) * m_cellPixels, heightOf(row));
  const bool isRun = row.kind == MapRow::Kind::Run;
  const QColor fill = isRun ? colours.of(m_map.cells[row.first]) : palette().color(QPalette::Base);
  if (isRun) painter.fillRect(rect.adjusted(0, 0, -1, -1), fill);
  painter.setPen(isRun ? Hues::textOn(fill) : Colours::of(palette()).muted);
  const QRect text = rect.adjusted(kFoldPadding, 0, -kFoldPadding, 0);
  painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                   fontMetrics().elidedText(mapFoldText(m_map, row), Qt::ElideRight, text.width()));
}

void MapCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
  if (m_rows.empty()) {
    painter.setPen(Colours::of(palette()).muted);
    painter.drawText(viewport()->rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     m_emptyText);
    return;
  }
  int labelled = -fontMetrics().height();  // Where the last address ends.
  for (std::size_t at = rowAtY(0); at < m_rows.size() && topOf(at) < viewport()->height(); ++at) {
    const MapRow& row = m_rows[at];
    const int top = topOf(at);
    if (row.kind == MapRow::Kind::Cells)
      paintCells(painter, row, top, *m_colours);
    else
      paintFold(painter, row, top, *m_colours);
    if (gutter() == 0 || row.kind != MapRow::Kind::Cells || top < labelled) continue;
    painter.setPen(Colours::of(palette()).muted);
    painter.drawText(QRect(0, top, gutter() - kGutterGap, fontMetrics().height()),
                     Qt::AlignRight | Qt::AlignTop | Qt::TextSingleLine,
                     mapAddressText(row.firstCell * m_map.cellBytes));
    labelled = top + fontMetrics().height();
  }
  const auto outline = [&](quint64 cell, int wide) {
    const QRect rect = rectOf(cell);
    if (rect.isEmpty()) return;
    painter.setPen(QPen(m_colours->outline(), wide));
    painter.drawRect(rect.adjusted(-1, -1, 0, 0));
  };
  if (m_hovered && m_hovered != m_current) outline(*m_hovered, 1);
  if (m_current) outline(*m_current, hasFocus() ? 2 : 1);
}

void MapCanvas::showTip(QHelpEvent& event) {
  const auto cell = cellAt(event.pos());
  if (!cell) return QToolTip::hideText();
  QToolTip::showText(event.globalPos(), gui::toolTip(mapCellLines(m_map, *cell).join('\n')), viewport());
}

bool MapCanvas::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    showTip(*static_cast<QHelpEvent*>(event));
    return true;
  }
  if (event->type() == QEvent::Leave) setHovered(std::nullopt);
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace heaptap::gui
