// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QActionGroup>
#include <QMenu>

#include "gui/views/elided_label.h"
#include "gui/views/flame_graph/breadcrumbs.h"
#include "gui/views/flame_graph/flame_graph.h"
#include "gui/views/painting/legend.h"
#include "gui/views/trees/tree_panel.h"

namespace heaptap::gui {

/// The flame graph with what chooses and searches it, the way to what it shows, and what its colours mean.
class FlameGraphPanel : public TreePanel {
  Q_OBJECT

 public:
  explicit FlameGraphPanel(QWidget* parent = nullptr);

  [[nodiscard]] FlameGraph& graph() { return *m_graph; }
  [[nodiscard]] Breadcrumbs& breadcrumbs() { return *m_way; }
  [[nodiscard]] Legend& legend() { return *m_legend; }
  /// How it is drawn: which way it grows, and what colours mean.
  [[nodiscard]] QMenu& options() { return *m_options; }
  [[nodiscard]] QString readOut() const { return m_readOut->text(); }

  void setEmptyText(const QString& text) override { m_graph->setEmptyText(text); }
  [[nodiscard]] QWidget& keyWidget() override { return *m_graph; }
  [[nodiscard]] quint32 currentNode() const override { return m_graph->currentNode(); }

 protected:
  void step(int direction) override { m_graph->step(direction); }

 private:
  void addOptions();
  void showWay();
  void chooseColours();

  FlameGraph* m_graph;
  Breadcrumbs* m_way;
  ElidedLabel* m_readOut;
  Legend* m_legend;
  QMenu* m_options;
  QAction* m_byChange = nullptr;
  QActionGroup* m_colours = nullptr;
  bool m_isByChange = true;  ///< Where there is an earlier moment.
};

}  // namespace heaptap::gui
