// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/findings/finding.h"

namespace heaptap::gui {

/// The findings of one session, a row each.
///
/// A refresh updates rows in place and appends new ones, so that selections stay; only when one has gone
/// (names that came later may clear it up) the model is reset. Threads: GUI thread.
class FindingModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { What, Times, Size, Where, Location, ColumnCount };
  enum Role { SortRole = Qt::UserRole + 1 };  ///< Plain numbers, or text.

  using QAbstractTableModel::QAbstractTableModel;

  /// Forgets everything: what comes next belongs to another session.
  void clear();
  void setFindings(const Findings& findings);

  /// Whether an answer has come, if only that there are none.
  [[nodiscard]] bool isKnown() const { return m_isKnown; }
  [[nodiscard]] const Finding& at(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
  static bool isNumber(int column) { return column == Times || column == Size; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void reset(std::vector<Finding> rows, bool isKnown);

  std::vector<Finding> m_rows;
  bool m_isKnown = false;
};

}  // namespace heaptap::gui
