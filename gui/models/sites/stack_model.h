// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/sites/stack_line.h"

namespace heaptap::gui {

/// One of the stacks that belong together: where a block was allocated, where it was freed.
struct StackSection {
  QString title;  ///< Empty: the only one, which needs none.
  std::vector<StackLine> lines;

  bool operator==(const StackSection&) const = default;
};

/// One stack, or several below each other: the title of each, then its lines, innermost first.
/// Threads: GUI thread.
class StackModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Function, Location, Module, ColumnCount };
  enum Role {
    InlinedRole = Qt::UserRole + 1,  ///< The line is inlined into the next one.
    ForeignRole,                     ///< The line is not the program's own.
    FullLocationRole,                ///< Path and line, for the clipboard; the module when there is no file.
    TitleRole,                       ///< The row is a title.
    MissingRole,                     ///< The row says that a stack was not recorded.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// The same stacks again, perhaps with other titles, keep their rows and so the selection.
  void setSections(std::vector<StackSection> sections);
  void setLines(std::vector<StackLine> lines);
  void clear() { setSections({}); }
  /// The stack that a row is of; null: there is no such row.
  [[nodiscard]] const std::vector<StackLine>* stackOf(int row) const;
  /// The line in a row; null: it is a title, or there is none.
  [[nodiscard]] const StackLine* lineOf(int row) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  /// What a row shows: a line, a title, or that there are no lines.
  struct Row {
    enum Kind { Title, Missing, Line } kind = Line;
    std::size_t section = 0;
    std::size_t line = 0;
  };
  [[nodiscard]] static QString display(const StackLine& line, int column);
  [[nodiscard]] static QString tip(const StackLine& line, int column);
  [[nodiscard]] QVariant textOf(const Row& row, int column, int role) const;

  std::vector<StackSection> m_sections;
  std::vector<Row> m_rows;
};

}  // namespace heaptap::gui
