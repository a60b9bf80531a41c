// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/views/flame_graph/flame_graph_panel.h"
#include "gui/views/trees/trees_view.h"

namespace heaptap::gui {

/// Who calls whom, and for how much of the heap, as a picture.
class FlameGraphView : public TreesView {
  Q_OBJECT

 public:
  explicit FlameGraphView(QWidget* parent = nullptr) : TreesView(new FlameGraphPanel, parent) {}
  [[nodiscard]] QString name() const override { return tr("Flame graph"); }
};

}  // namespace heaptap::gui
