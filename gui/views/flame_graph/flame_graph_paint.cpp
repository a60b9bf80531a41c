// SPDX-License-Identifier: Apache-2.0
// How a flame graph looks: where its boxes are, and what is in them.
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"
#include "gui/views/colours.h"
#include "gui/views/flame_graph/flame_graph.h"

namespace heaptap::gui {
namespace {

constexpr double kTextMargin = 4;
constexpr double kLeastText = 36;  // Less room has no name: what stays of it says nothing.
constexpr double kGapFrom = 3;     // Boxes that are wider stand apart.
constexpr qsizetype kMostOfAName = 256;

}  // namespace

double FlameGraph::topOf(std::size_t row) const {
  const double height = rowHeight();
  const double scrolled = verticalScrollBar()->value();
  if (m_isRootAbove) return static_cast<double>(row) * height - scrolled;
  const double all = std::max<double>(static_cast<double>(m_layout.rows()) * height, viewport()->height());
  return all - static_cast<double>(row + 1) * height - scrolled;
}

std::size_t FlameGraph::rowAt(double y) const {
  const double first = topOf(0);
  const double height = rowHeight();
  const double row = m_isRootAbove ? (y - first) / height : (first + height - y) / height;
  return row < 0 ? m_layout.rows() : static_cast<std::size_t>(row);
}

QRectF FlameGraph::rectOf(const FlameBox& box, std::size_t row) const {
  return {box.left, topOf(row), box.width(), static_cast<double>(rowHeight())};
}

QRectF FlameGraph::rectOf(quint32 node) const {
  if (!m_tree) return {};
  const std::size_t row = depthOf(node);
  const FlameBox* const box = m_layout.find(row, node);
  return box == nullptr || box->isMerged ? QRectF() : rectOf(*box, row);
}

const FlameBox* FlameGraph::boxAt(const QPointF& at) const {
  return m_tree ? m_layout.at(rowAt(at.y()), at.x()) : nullptr;
}

QColor FlameGraph::colourOf(const FlameBox& box) const {
  if (box.isMerged) return m_colours.neutral();
  // The root is no function, but what changed of the whole is as true as of its parts.
  if (box.node == CostTree::kRoot && !isByChange()) return m_colours.neutral();
  const QColor colour = isByChange()
                            ? m_colours.ofChange((*m_source.before())[box.node], m_tree->node(box.node).total)
                            : m_colours.of(m_source.labels().of(m_tree->node(box.node).function));
  return m_source.matches() && !m_source.isMatch(box.node) ? m_colours.faded(colour) : colour;
}

QString FlameGraph::textIn(const FlameBox& box) const {
  const double room = box.width() - 2 * kTextMargin;
  if (box.isMerged || room < kLeastText) return {};
  // A name is not longer than its room can hold: thousands of characters are never measured.
  const auto most = std::min<qsizetype>(kMostOfAName, static_cast<qsizetype>(room / 3));
  const QString name = oneLine(m_source.labels().of(m_tree->node(box.node).function).spoken, most);
  return fontMetrics().elidedText(name, Qt::ElideRight, static_cast<int>(room));
}

QString FlameGraph::tipOf(const FlameBox& box) const {
  if (!box.isMerged) return nodeLines(m_source.words(), box.node).join('\n');
  quint64 total = 0;
  for (quint32 node = box.node; node < box.node + box.nodes; ++node) total += m_tree->node(node).total;
  const TreeWords words = m_source.words();
  return tr("%1 that are too narrow, %2 %3 together: zoom in to see them.")
      .arg(numberOfText(box.nodes, Noun::Function),
           exactTreeCostText(total, words.query.cost, words.isEstimate), treeCostWord(words.query.cost));
}

void FlameGraph::paintBox(QPainter& painter, const FlameBox& box, const QRectF& rect) const {
  const QColor colour = colourOf(box);
  const bool isApart = rect.width() >= kGapFrom;
  const QRectF area = isApart ? rect.adjusted(0, 0, -1, -1) : rect.adjusted(0, 0, 0, -1);
  if (box.isMerged)
    painter.fillRect(area, QBrush(colour, Qt::Dense4Pattern));
  else
    painter.fillRect(area, colour);
  const QString text = textIn(box);
  if (text.isEmpty()) return;
  painter.setPen(FlameColours::textOn(colour));
  // By its base line: laid out in a rectangle, a text takes several times as long.
  const double base = area.top() + (area.height() - fontMetrics().height()) / 2 + fontMetrics().ascent();
  painter.drawText(QPointF(area.left() + kTextMargin, base), text);
}

void FlameGraph::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
  if (!m_tree || m_layout.rows() == 0) {
    painter.setPen(Colours::of(palette()).muted);
    painter.drawText(viewport()->rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     m_emptyText);
    return;
  }
  const std::size_t edge = m_layout.rows() - 1;
  const std::size_t one = std::min(edge, rowAt(m_isRootAbove ? 0 : viewport()->height() - 1));
  const std::size_t other = std::min(edge, rowAt(m_isRootAbove ? viewport()->height() : 0));
  for (std::size_t row = std::min(one, other); row <= std::max(one, other); ++row) {
    const double top = topOf(row);
    for (const FlameBox& box : m_layout.row(row))
      paintBox(painter, box, {box.left, top, box.width(), static_cast<double>(rowHeight())});
  }
  const auto outline = [&](quint32 node, double width) {
    const QRectF rect = rectOf(node);
    if (rect.isEmpty()) return;
    painter.setPen(QPen(m_colours.outline(), width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    const double inset = width / 2;
    painter.drawRect(rect.adjusted(inset, inset, -1 - inset, -1 - inset));
  };
  if (m_hovered && *m_hovered != m_current) outline(*m_hovered, 1);
  if (m_current != CostTree::kRoot || hasFocus()) outline(m_current, hasFocus() ? 2 : 1);
}

void FlameGraph::showTip(QHelpEvent& event) {
  const FlameBox* const box = boxAt(event.pos());
  if (box == nullptr) return QToolTip::hideText();
  QToolTip::showText(event.globalPos(), gui::toolTip(tipOf(*box)), viewport());
}

bool FlameGraph::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    showTip(*static_cast<QHelpEvent*>(event));
    return true;
  }
  if (event->type() == QEvent::Leave) setHovered(std::nullopt);
  return QAbstractScrollArea::viewportEvent(event);
}

void FlameGraph::setHovered(std::optional<quint32> node) {
  if (node == m_hovered) return;
  m_hovered = node;
  viewport()->update();
  emit readOutChanged();
}

}  // namespace heaptap::gui
