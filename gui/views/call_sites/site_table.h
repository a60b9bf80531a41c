// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gui/models/sites/site_filter_model.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// The leaks table or the call-site table. It always has a current site while it has rows.
class SiteTable : public DataTable {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  SiteTable(SiteModel& source, SiteFilterModel::Show show, QWidget* parent = nullptr);

  [[nodiscard]] SiteFilterModel& filter() { return *m_filter; }
  /// Shows which heap each site is of; a session with malloc's alone needs no column for that.
  void showHeaps(bool areSeveral);
  /// Shows how much each site has more than at an earlier moment.
  void showChanges(bool hasEarlier);
  /// A stretch of time has no peak: what would be sorted by it is sorted by what is live.
  void showPeaks(bool hasPeaks);
  /// Makes room for the errors of estimates, or takes it back.
  void showEstimates(bool areEstimates);
  /// The site of the current row: its stack, and its row in the source.
  [[nodiscard]] std::optional<quint64> currentStack() const;
  [[nodiscard]] std::optional<int> currentSourceRow() const;
  /// Makes a site the current one, where it is shown.
  void choose(const SiteNumbers::Key& site);

 signals:
  /// Another site, or none, is current; or the numbers of the current one have changed.
  void currentSiteChanged();

 protected:
  [[nodiscard]] QString currentStackText() const override;
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) override;

 private:
  void arrangeColumns(SiteFilterModel::Show show);
  void keepCurrent();
  void tellOfChange(const QModelIndex& topLeft, const QModelIndex& bottomRight);

  SiteFilterModel* m_filter;
  bool m_showsEstimates = false;
  bool m_showsChanges = false;
  int m_placeOfCurrent = 0;  ///< Of the current row, before rows came, went and moved.
};

}  // namespace heaptap::gui
