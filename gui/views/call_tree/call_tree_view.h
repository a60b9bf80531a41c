// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/views/call_tree/call_tree_panel.h"
#include "gui/views/trees/trees_view.h"

namespace heaptap::gui {

/// Who calls whom, and for how much of the heap, as a tree of rows.
class CallTreeView : public TreesView {
  Q_OBJECT

 public:
  explicit CallTreeView(QWidget* parent = nullptr) : TreesView(new CallTreePanel, parent) {}
  [[nodiscard]] QString name() const override { return tr("Call tree"); }
};

}  // namespace heaptap::gui
