// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/site.h"

namespace heaptap::gui {

/// The stack of one site, innermost line first.
/// Threads: GUI thread.
class StackModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Function, Location, Module, ColumnCount };
  enum Role {
    InlinedRole = Qt::UserRole + 1,  ///< The line is inlined into the next one.
    FullLocationRole,                ///< Path and line, for the clipboard; the module when there is no file.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// The same lines again change nothing, so that a refresh keeps the selection.
  void setLines(std::vector<StackLine> lines);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] static QString display(const StackLine& line, int column);
  [[nodiscard]] static QString tip(const StackLine& line, int column);

  std::vector<StackLine> m_lines;
};

}  // namespace heaptap::gui
