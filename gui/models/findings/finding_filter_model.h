// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSortFilterProxyModel>

#include "gui/models/filter/name_filter.h"
#include "gui/models/findings/finding_model.h"

namespace heaptap::gui {

/// Which findings the table shows, and in what order. What a filter says of names, it says of the finding's
/// words and of all of its stacks. Threads: GUI thread.
class FindingFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit FindingFilterModel(FindingModel& source, QObject* parent = nullptr);

  void setFilter(const SiteFilter& filter);
  [[nodiscard]] const Finding& findingAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  const FindingModel& m_source;
  NameFilter m_filter;
};

}  // namespace heaptap::gui
