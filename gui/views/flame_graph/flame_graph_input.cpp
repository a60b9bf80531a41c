// SPDX-License-Identifier: Apache-2.0
// What the user does in a flame graph, with pointer and keys.
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/views/flame_graph/flame_graph.h"

namespace heaptap::gui {
namespace {

constexpr double kWheelStep = 120;  // Of a wheel that clicks, in eighths of a degree.
constexpr double kFactor = 0.8;     // For each such step.
constexpr double kKeyFactor = 0.5;
constexpr double kKeyMove = 0.1;

}  // namespace

void FlameGraph::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  layOut();
}

void FlameGraph::scrollContentsBy(int, int) { viewport()->update(); }

void FlameGraph::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QAbstractScrollArea::mousePressEvent(event);
  m_pressed = m_dragged = event->position();
  m_isDragging = false;
}

void FlameGraph::mouseMoveEvent(QMouseEvent* event) {
  if (m_pressed && !m_isDragging)
    m_isDragging = (event->position() - *m_pressed).manhattanLength() >= QApplication::startDragDistance();
  if (m_pressed && m_isDragging) {
    const QPointF moved = event->position() - m_dragged;
    m_dragged = event->position();
    verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(std::lround(moved.y())));
    return pan(-moved.x() / std::max(1, viewport()->width()));
  }
  const FlameBox* const box = boxAt(event->position());
  setHovered(box == nullptr || box->isMerged ? std::nullopt : std::optional(box->node));
}

void FlameGraph::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QAbstractScrollArea::mouseReleaseEvent(event);
  const bool isClick = m_pressed.has_value() && !m_isDragging;
  m_pressed.reset();
  m_isDragging = false;
  const FlameBox* const box = boxAt(event->position());
  if (!isClick || box == nullptr) return;
  // What is too narrow comes into view with its caller.
  const quint32 node = box->isMerged ? m_tree->node(box->node).parent : box->node;
  if (event->modifiers().testFlag(Qt::ControlModifier))
    setCurrentNode(node);
  else
    zoomTo(node);
}

void FlameGraph::wheelEvent(QWheelEvent* event) {
  const QPoint turned = event->angleDelta();
  if (event->modifiers().testFlag(Qt::ShiftModifier)) {
    const int steps = turned.y() != 0 ? turned.y() : turned.x();
    verticalScrollBar()->setValue(verticalScrollBar()->value() -
                                  static_cast<int>(3 * rowHeight() * steps / kWheelStep));
  } else if (std::abs(turned.x()) > std::abs(turned.y())) {
    pan(-turned.x() / kWheelStep * kKeyMove);
  } else if (turned.y() != 0 && viewport()->width() > 0) {
    zoomBy(std::pow(kFactor, turned.y() / kWheelStep), event->position().x() / viewport()->width());
  }
  event->accept();
}

void FlameGraph::keyPressEvent(QKeyEvent* event) {
  if (!m_tree || m_tree->total() == 0) return QAbstractScrollArea::keyPressEvent(event);
  if (event->matches(QKeySequence::Copy)) return QGuiApplication::clipboard()->setText(stackText());
  if ((event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0)
    return QAbstractScrollArea::keyPressEvent(event);
  const auto zoom = [this](double factor) {
    const QRectF rect = rectOf(m_current);
    const double wide = std::max(1, viewport()->width());
    zoomBy(factor, rect.isEmpty() ? 0.5 : rect.center().x() / wide);
  };
  switch (event->key()) {
    case Qt::Key_Up: return m_isRootAbove ? goUp() : goDown();
    case Qt::Key_Down: return m_isRootAbove ? goDown() : goUp();
    case Qt::Key_Left: return event->modifiers() == Qt::ShiftModifier ? pan(-kKeyMove) : goBeside(-1);
    case Qt::Key_Right: return event->modifiers() == Qt::ShiftModifier ? pan(kKeyMove) : goBeside(1);
    case Qt::Key_Return:
    case Qt::Key_Enter: return zoomTo(m_current);
    case Qt::Key_Backspace: return zoomOut();
    case Qt::Key_Escape:
      if (m_zoom.isWhole()) break;
      return zoomOut();
    case Qt::Key_Home: return zoomTo(CostTree::kRoot);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(kKeyFactor);
    case Qt::Key_Minus: return zoom(1 / kKeyFactor);
    default: break;
  }
  QAbstractScrollArea::keyPressEvent(event);
}

void FlameGraph::contextMenuEvent(QContextMenuEvent* event) {
  // A menu that was asked for by a key belongs to the current box, not to where the pointer is.
  QPoint at = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard) {
    at = viewport()->mapToGlobal(rectOf(m_current).center().toPoint());
  } else if (const FlameBox* const box = boxAt(event->pos()); box != nullptr && !box->isMerged) {
    setCurrentNode(box->node);
  }
  contextMenu()->exec(at);
}

void FlameGraph::changeEvent(QEvent* event) {
  QAbstractScrollArea::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) {
    m_colours.setPalette(palette());
    emit legendChanged();
  }
  if (event->type() == QEvent::FontChange) layOut();
}

void FlameGraph::focusInEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusInEvent(event);
  viewport()->update();
}

void FlameGraph::focusOutEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusOutEvent(event);
  viewport()->update();
}

}  // namespace heaptap::gui
