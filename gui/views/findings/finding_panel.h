// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QWidget>
#include <optional>

#include "gui/models/findings/finding.h"
#include "gui/views/elided_label.h"
#include "gui/views/tables/stack_list.h"

namespace heaptap::gui {

/// One finding in detail: what it means, when it was made first, and its stacks: the free, of a double free
/// the one before it, and the allocation.
class FindingPanel : public QWidget {
  Q_OBJECT

 public:
  explicit FindingPanel(QWidget* parent = nullptr);

  void showFinding(const Finding& finding);
  void clear();

  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QString circumstances() const { return m_circumstances->text(); }
  [[nodiscard]] QString meaning() const { return m_meaning->text(); }
  [[nodiscard]] StackList& stacks() { return *m_stacks; }

 signals:
  /// Something was done that the user does not see; one line.
  void announced(const QString& message);

 private:
  ElidedLabel* m_title;
  ElidedLabel* m_circumstances;
  QLabel* m_meaning;
  StackList* m_stacks;
};

}  // namespace heaptap::gui
