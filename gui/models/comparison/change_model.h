// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/models/comparison/comparison.h"

namespace heaptap::gui {

/// The call sites that differ between two sides, a row each, those that the filter leaves. As it comes, and
/// sorted by the change downwards: what grew, the most first; then what shrank; noise last.
/// Threads: GUI thread.
class ChangeModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Change, Bar, Before, After, Kind, Function, Location, ColumnCount };
  enum Role {
    ShareRole = Qt::UserRole + 1,  ///< Of the largest change, from -1 (shrank) to 1 (grew).
    DimmedRole,                    ///< What is noise.
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// Null: no rows.
  void setComparison(ComparisonPtr comparison);
  /// Only sites with this text in a line of their stacks; empty: all.
  void setFilter(const SiteFilter& filter);
  [[nodiscard]] const ComparisonPtr& comparison() const { return m_comparison; }
  [[nodiscard]] const SiteChange& at(int row) const {
    return m_comparison->sites[m_order[static_cast<std::size_t>(row)]];
  }
  static bool isNumber(int column) { return column == Change || column == Before || column == After; }

  void sort(int column, Qt::SortOrder order) override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void arrange();
  [[nodiscard]] SiteLabel labelOf(const SiteChange& change) const;
  [[nodiscard]] QString display(const SiteChange& change, int column) const;
  [[nodiscard]] QString tip(const SiteChange& change, int column) const;

  ComparisonPtr m_comparison;
  SiteFilter m_filter;  ///< The terms on names.
  int m_column = Change;
  Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
  std::vector<std::size_t> m_order;  ///< By row: which site.
  quint64 m_largest = 0;
};

}  // namespace heaptap::gui
