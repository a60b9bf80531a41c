// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QTreeView>
#include <memory>

#include "gui/models/trees/cost_tree_model.h"
#include "gui/views/filter/menu_place.h"

namespace heaptap::gui {

/// The call tree. It opens on the hot path: the largest child, as long as it has more than half. A refresh
/// keeps what is expanded, selected and scrolled to.
class CallTreeTable : public QTreeView {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit CallTreeTable(const TreeSource& source, QWidget* parent = nullptr);

  [[nodiscard]] CostTreeModel& rows() { return m_model; }
  /// The node of the current row; the root: there is none.
  [[nodiscard]] quint32 currentNode() const { return m_model.nodeOf(currentIndex()); }
  /// Makes a node the current one, and opens the way to it.
  void goTo(quint32 node);
  /// Opens the hot path below a node.
  void openHotPath(quint32 from);
  /// Opens the way to what was found, the largest ones.
  void openMatches();
  /// Goes to the next match in the order of the largest total, or (-1) to the one before.
  void step(int direction);

  /// The selected rows in the order shown, visible columns only, with their titles; tab-separated.
  [[nodiscard]] QString selectedText() const;
  /// The stack that the current row stands for.
  [[nodiscard]] QString currentStackText() const;
  /// What the menu offers just now. Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> contextMenu();
  void setEmptyText(const QString& text);

 signals:
  /// Another function is current; its number in the series.
  void functionChosen(quint32 function);
  /// A node was chosen by Enter or a double click: the functions from the outermost row to it.
  void nodeActivated(const std::vector<quint32>& path);
  /// As View::menuOpening().
  void menuOpening(QMenu& menu, const heaptap::gui::MenuPlace& place);

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void begin();
  void keepPlace();
  void makeRoomFor(const QModelIndex& opened);
  void fitColumns();
  void copy(const QString& text) const;

  const TreeSource& m_source;
  CostTreeModel m_model;
  QPersistentModelIndex m_top;  ///< The first row that is seen, while a refresh is under way.
  QString m_emptyText;
  int m_deepest = 1;  ///< Level of rows that was opened; that of the outermost ones is 1.
};

}  // namespace heaptap::gui
