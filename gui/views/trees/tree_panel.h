// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QVBoxLayout>
#include <QWidget>
#include <vector>

#include "gui/models/trees/tree_source.h"
#include "gui/views/filter/menu_place.h"
#include "gui/views/trees/tree_controls.h"

namespace heaptap::gui {

/// A tree of calls with what chooses it and searches it. It makes nothing while it is hidden.
/// Threads: GUI thread; trees are made on another one.
class TreePanel : public QWidget {
  Q_OBJECT

 public:
  /// The sites of the moment that is looked at; null: they are not known.
  /// `earlier`: as TreeSource::setSites().
  void setSites(const Sites& sites, const Sites& earlier = nullptr);
  /// As SiteSet::rowsThatPass() takes it.
  void setFilter(const SiteFilter& filter);
  /// What is said when there is no tree.
  virtual void setEmptyText(const QString& text) = 0;
  /// The widget that shows the tree.
  [[nodiscard]] virtual QWidget& keyWidget() = 0;
  [[nodiscard]] QList<QWidget*> keyOrder();

  [[nodiscard]] TreeSource& source() { return m_source; }
  [[nodiscard]] TreeControls& controls() { return *m_controls; }
  /// The node that is current; the root: there is none.
  [[nodiscard]] virtual quint32 currentNode() const = 0;

 signals:
  /// Another function is current; its number in the series of the sites.
  void functionChosen(quint32 function);
  /// A node was chosen: the functions from the outermost row of the tree to it.
  void nodeActivated(const std::vector<quint32>& path);
  /// As View::menuOpening().
  void menuOpening(QMenu& menu, const heaptap::gui::MenuPlace& place);

 protected:
  explicit TreePanel(QWidget* parent);

  /// Goes to the next thing found, or (-1) to the one before.
  virtual void step(int direction) = 0;
  /// Below what is there already.
  void add(QWidget* widget, int stretch) { m_layout->addWidget(widget, stretch); }
  void add(QLayout* layout) { m_layout->addLayout(layout); }
  bool event(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  TreeSource m_source;
  TreeControls* m_controls;
  QVBoxLayout* m_layout;
};

}  // namespace heaptap::gui
