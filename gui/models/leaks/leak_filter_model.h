// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSortFilterProxyModel>
#include <set>

#include "gui/models/filter/name_filter.h"
#include "gui/models/leaks/leak_model.h"

namespace heaptap::gui {

/// Sorts leaks, and shows those of which a site passes a filter, or the name does.
/// Threads: GUI thread.
class LeakFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit LeakFilterModel(LeakModel& source, QObject* parent = nullptr);

  /// `sites`: those of the same moment, which are searched; null: names alone are.
  void setFilter(const SiteFilter& filter, const Sites& sites);
  [[nodiscard]] const LeakGroup& groupAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  LeakModel& m_source;
  NameFilter m_names;
  std::set<SiteNumbers::Key> m_matches;
};

}  // namespace heaptap::gui
