// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/sites/stack_model.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// Stacks with function, location and module. Titles between them take the whole width. Enter or a double
/// click copies the location of a line.
class StackList : public DataTable {
  Q_OBJECT

 public:
  explicit StackList(QWidget* parent = nullptr);

  void setSections(std::vector<StackSection> sections) { m_stacks.setSections(std::move(sections)); }
  void clear() { m_stacks.clear(); }
  /// Null: none is current.
  [[nodiscard]] const StackLine* currentLine() const { return m_stacks.lineOf(currentIndex().row()); }

 signals:
  /// Another line of a stack is current.
  void lineSelected(const heaptap::gui::StackLine& line);
  /// Something was done that the user does not see; one line.
  void announced(const QString& message);

 protected:
  [[nodiscard]] QString currentStackText() const override;

 private:
  void spanTitles();
  void copyLocation(const QModelIndex& index);

  StackModel m_stacks;
};

}  // namespace heaptap::gui
