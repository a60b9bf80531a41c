// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include "gui/models/filter/site_filter.h"
#include "gui/models/leaks/leak.h"

namespace heaptap::gui {

/// Leaks by root cause, a row each.
/// Threads: GUI thread.
class LeakModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Kind, Bytes, Blocks, Confidence, Growth, Function, Location, ColumnCount };
  enum Role {
    SortRole = Qt::UserRole + 1,  ///< Plain numbers, or text.
    GrowthRole,                   ///< QList<double>: live bytes over the run, each a share of the most.
    OwnRole,                      ///< The program is to blame.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// What the filter leaves of them, as leaksThatPass() says. Null: none are known.
  void setLeaks(const Leaks& leaks, const SiteFilter& filter = {}, const Sites& sites = nullptr);
  [[nodiscard]] const LeakGroup& at(int row) const { return (*m_shown)[static_cast<std::size_t>(row)]; }
  /// How many groups are the program's own, of those that are shown.
  [[nodiscard]] int ownGroups() const;
  /// Whether the history of any group is known, whether it is shown or not.
  [[nodiscard]] bool hasHistories() const;
  static bool isNumber(int column) { return column == Bytes || column == Blocks || column == Confidence; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  Leaks m_leaks;
  Leaks m_shown;
};

}  // namespace heaptap::gui
