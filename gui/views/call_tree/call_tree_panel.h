// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/views/call_tree/call_tree_table.h"
#include "gui/views/trees/tree_panel.h"

namespace heaptap::gui {

/// The call tree with what chooses it and searches it.
class CallTreePanel : public TreePanel {
  Q_OBJECT

 public:
  explicit CallTreePanel(QWidget* parent = nullptr);

  [[nodiscard]] CallTreeTable& tree() { return *m_tree; }

  void setEmptyText(const QString& text) override { m_tree->setEmptyText(text); }
  [[nodiscard]] QWidget& keyWidget() override { return *m_tree; }
  [[nodiscard]] quint32 currentNode() const override { return m_tree->currentNode(); }

 protected:
  void step(int direction) override { m_tree->step(direction); }

 private:
  void showMatches();

  CallTreeTable* m_tree;
  QString m_opened;  ///< The search of which the matches were opened.
};

}  // namespace heaptap::gui
