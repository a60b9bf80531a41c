// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_tree/call_tree_panel.h"

namespace heaptap::gui {

CallTreePanel::CallTreePanel(QWidget* parent) : TreePanel(parent), m_tree(new CallTreeTable(source(), this)) {
  add(m_tree, 1);
  setFocusProxy(m_tree);
  connect(m_tree, &CallTreeTable::functionChosen, this, &TreePanel::functionChosen);
  connect(m_tree, &CallTreeTable::nodeActivated, this, &TreePanel::nodeActivated);
  connect(m_tree, &CallTreeTable::menuOpening, this, &TreePanel::menuOpening);
  connect(&source(), &TreeSource::treeChanged, this, [this](bool isRefresh) {
    if (!isRefresh) m_opened.clear();
  });
  connect(&source(), &TreeSource::matchesChanged, this, &CallTreePanel::showMatches);
}

void CallTreePanel::showMatches() {
  // A refresh leaves the reader where he is.
  if (source().matches() && m_opened != source().search()) m_tree->openMatches();
  m_opened = source().matches() ? source().search() : QString();
}

}  // namespace heaptap::gui
