// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <QPointer>
#include <QString>
#include <vector>

#include "gui/models/sites/site_model.h"

namespace heaptap::gui {

/// Which call sites a table shows, and in what order.
/// Terms on sizes, lifetimes and threads are those of the numbers of the source.
///
///     m_shown   row here ──► row of the source       in order
///     m_placed  row of the source ──► row here, -1: not shown
///
/// A refresh costs one pass over the rows; only those that have changed are sorted anew, and then merged into
/// the others. Where no row moves, only numbers are announced.
/// Threads: GUI thread.
class SiteFilterModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Show { AllSites, SitesWithLiveBlocks };

  /// `source` is shared. When it goes before this, no row is left.
  explicit SiteFilterModel(SiteModel& source, Show show, QObject* parent = nullptr);

  void setFilter(const SiteFilter& filter);
  [[nodiscard]] const SiteModel& source() const { return *m_source; }
  /// The source's row that is shown in a row.
  [[nodiscard]] int sourceRow(int row) const { return m_shown[static_cast<std::size_t>(row)]; }

  void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 signals:
  /// Before rows come, go and move.
  void aboutToArrange();

 private:
  using Rows = std::vector<int>;

  void rebuild();
  void forget();
  void follow(const SiteChanges& changes);
  void applyFilter();
  [[nodiscard]] bool accepts(int sourceRow) const;
  /// All rows of the source that are accepted, in order.
  [[nodiscard]] Rows accepted() const;
  void putInOrder(Rows& rows) const;
  /// `rows`, put in order, merged into those of m_shown that are not among the `touched`.
  [[nodiscard]] Rows merged(Rows rows, const std::vector<bool>& touched) const;
  /// Makes `rows` what is shown: tells of rows that come, go and move, and of no others.
  void show(const Rows& rows);
  void arrange(Rows rows);
  void place();
  void tellOf(const SiteChanges& changes);

  QPointer<const SiteModel> m_source;  ///< Null once it has gone: then nothing is shown.
  Show m_show;
  SiteFilter m_filter;         ///< The terms on names.
  SiteSet::Passing m_passing;  ///< By row of the source; null: all do.
  int m_column = SiteModel::LiveBytes;
  Qt::SortOrder m_order = Qt::DescendingOrder;
  Rows m_shown;
  Rows m_placed;
};

}  // namespace heaptap::gui
