// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>

#include "gui/views/frame/view.h"
#include "gui/views/trees/tree_panel.h"

namespace heaptap::gui {

/// A view that shows a tree of calls, of the time and the filter that are chosen. The details are those of
/// the sites below the current node.
class TreesView : public View {
  Q_OBJECT

 public:
  [[nodiscard]] QWidget& keyWidget() override { return m_panel->keyWidget(); }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return m_panel->keyOrder(); }
  [[nodiscard]] bool isSettled() const override {
    return View::isSettled() && !m_panel->source().isWorking() && !m_publishing.isActive();
  }
  [[nodiscard]] TreePanel& panel() { return *m_panel; }
  void becomeCurrent() override;
  void resign() override;

 protected:
  /// Owns: the view, the panel.
  TreesView(TreePanel* panel, QWidget* parent);
  void bound() override;

 private:
  void followStore();
  void publish();

  TreePanel* m_panel;
  QTimer m_publishing;  ///< Keys that are held down go on to the next node before anybody can read.
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
