// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QWidget>

#include "gui/models/trees/tree_source.h"

namespace heaptap::gui {

class ElidedLabel;

/// The line above a tree: which one it is, and what is looked for in it.
/// Threads: GUI thread.
class TreeControls : public QWidget {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit TreeControls(TreeSource& source, QWidget* parent = nullptr);

  [[nodiscard]] QComboBox& direction() { return *m_direction; }
  [[nodiscard]] QComboBox& cost() { return *m_cost; }
  /// Hidden where there is malloc's heap only.
  [[nodiscard]] QComboBox& heap() { return *m_heap; }
  [[nodiscard]] QLineEdit& search() { return *m_search; }
  /// Chooses a cost, unless the user has chosen one.
  void propose(TreeCost cost);
  /// Offers the heaps of these sites.
  void offerHeaps(const Sites& sites);
  /// What the search has found, or that a tree is under way.
  [[nodiscard]] QString statusText() const;
  /// Puts one more control before the search.
  void add(QWidget* control);
  /// All controls, from the left to the right.
  [[nodiscard]] QList<QWidget*> keyOrder() const;
  /// Goes to the search, with its text selected.
  void startSearch();

 signals:
  /// The user wants to see the next thing found, or (-1) the one before.
  void stepped(int direction);
  /// The user is done with the search.
  void left();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void apply();
  void showStatus();

  TreeSource& m_source;
  QComboBox* m_direction;
  QComboBox* m_cost;
  QComboBox* m_heap;
  QLineEdit* m_search;
  ElidedLabel* m_status;
  QHBoxLayout* m_row;
  bool m_isCostChosen = false;  ///< By the user.
};

}  // namespace heaptap::gui
