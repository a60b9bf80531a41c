// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractScrollArea>
#include <QMenu>
#include <memory>
#include <optional>
#include <vector>

#include "gui/models/trees/flame_layout.h"
#include "gui/models/trees/flame_zoom.h"
#include "gui/models/trees/tree_source.h"
#include "gui/views/filter/menu_place.h"
#include "gui/views/flame_graph/flame_colours.h"

class QHelpEvent;

namespace heaptap::gui {

/// A tree as boxes: as wide as their cost, a row for each depth. A click or Enter shows a box in the whole
/// width, the wheel zooms at the pointer, dragging moves; the arrow keys go from box to box.
/// Cost: what is seen, however large the tree is.
/// Threads: GUI thread.
class FlameGraph : public QAbstractScrollArea {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit FlameGraph(const TreeSource& source, QWidget* parent = nullptr);

  /// The root above (an icicle), or below (a flame).
  void setRootAbove(bool isAbove);
  [[nodiscard]] bool isRootAbove() const { return m_isRootAbove; }
  void setColouring(FlameColouring colouring);
  [[nodiscard]] FlameColouring colouring() const { return m_colours.colouring(); }
  /// Colours tell what has changed: they are to, and an earlier moment is known.
  [[nodiscard]] bool isByChange() const {
    return colouring() == FlameColouring::Change && m_source.before() != nullptr;
  }
  void setEmptyText(const QString& text);

  /// Shows a node in the whole width.
  void zoomTo(quint32 node);
  /// To what has called the node that is shown.
  void zoomOut();
  /// As FlameZoom::by().
  void zoomBy(double factor, double share);
  /// Moves by that share of the width.
  void pan(double share);
  [[nodiscard]] const FlameZoom& zoom() const { return m_zoom; }

  /// The box that keys act on; the root: none was chosen.
  [[nodiscard]] quint32 currentNode() const { return m_current; }
  void setCurrentNode(quint32 node);
  /// Goes to the next match in the order of the largest total, or (-1) to the one before.
  void step(int direction);

  /// What is said of the box under the pointer, or of the current one.
  [[nodiscard]] QString readOut() const;
  [[nodiscard]] QString stackText() const;
  [[nodiscard]] std::vector<Meaning> legend() const;
  /// What the menu offers just now. Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> contextMenu();

  /// Boxes as they are painted, in pixels of the viewport; empty: it is not seen by itself.
  [[nodiscard]] QRectF rectOf(quint32 node) const;
  [[nodiscard]] const FlameBox* boxAt(const QPointF& at) const;
  [[nodiscard]] QColor colourOf(const FlameBox& box) const;
  /// The name as it stands in the box; empty: it has no room.
  [[nodiscard]] QString textIn(const FlameBox& box) const;
  [[nodiscard]] const FlameLayout& boxes() const { return m_layout; }
  [[nodiscard]] int rowHeight() const;

  [[nodiscard]] QSize sizeHint() const override { return {640, 320}; }
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  /// Another function is current; its number in the series.
  void functionChosen(quint32 function);
  /// A node was zoomed to: the functions from the root to it.
  void nodeActivated(const std::vector<quint32>& path);
  /// As View::menuOpening().
  void menuOpening(QMenu& menu, const heaptap::gui::MenuPlace& place);
  void zoomChanged();
  void readOutChanged();
  void legendChanged();

 protected:
  bool viewportEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void changeEvent(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void follow(bool isRefresh);
  void layOut();
  void setScrollRange();
  void colourModules();
  void showRow(std::size_t row);
  void goBeside(int direction);
  void goUp();
  void goDown();
  void setHovered(std::optional<quint32> node);
  void tellCurrent();
  [[nodiscard]] std::size_t depthOf(quint32 node) const;
  [[nodiscard]] double topOf(std::size_t row) const;
  [[nodiscard]] std::size_t rowAt(double y) const;
  [[nodiscard]] QRectF rectOf(const FlameBox& box, std::size_t row) const;
  [[nodiscard]] QString tipOf(const FlameBox& box) const;
  void paintBox(QPainter& painter, const FlameBox& box, const QRectF& rect) const;
  void showTip(QHelpEvent& event);

  const TreeSource& m_source;
  CostTreePtr m_tree;
  FlameZoom m_zoom;
  FlameLayout m_layout;
  FlameColours m_colours;
  bool m_isRootAbove = true;
  quint32 m_current = CostTree::kRoot;
  std::optional<quint32> m_hovered;
  std::optional<QPointF> m_pressed;  ///< Where a button went down.
  bool m_isDragging = false;
  QPointF m_dragged;
  QString m_emptyText;
};

}  // namespace heaptap::gui
