// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "gui/models/trees/tree_source.h"
#include "gui/views/call_tree/call_tree_view.h"
#include "gui/views/trees/tree_controls.h"

namespace heaptap::gui {

/// The call tree with what chooses it and searches it. It makes nothing while it is hidden.
/// Threads: GUI thread; trees are made on another one.
class CallTreePanel : public QWidget {
  Q_OBJECT

 public:
  explicit CallTreePanel(QWidget* parent = nullptr);

  /// The sites of the moment that is looked at; null: they are not known.
  void setSites(const Sites& sites);
  /// As SiteSet::rowsWith() takes it; empty: all.
  void setFilter(const QString& text);
  void setHeap(quint32 heap);

  [[nodiscard]] TreeSource& source() { return m_source; }
  [[nodiscard]] CallTreeView& tree() { return *m_tree; }
  [[nodiscard]] TreeControls& controls() { return *m_controls; }

 signals:
  /// Another function is current; its number in the series of the sites.
  void functionChosen(quint32 function);
  /// A node was chosen: the functions from the outermost row of the tree to it.
  void nodeActivated(const std::vector<quint32>& path);
  void filterWanted(const QString& text);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void showMatches();

  TreeSource m_source;
  TreeControls* m_controls;
  CallTreeView* m_tree;
  QString m_opened;  ///< The search of which the matches were opened.
};

}  // namespace heaptap::gui
