// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/findings/finding_filter_model.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// The findings. It always has a current one while it has rows.
class FindingTable : public DataTable {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit FindingTable(FindingModel& source, QWidget* parent = nullptr);

  [[nodiscard]] FindingFilterModel& filter() { return *m_filter; }
  [[nodiscard]] const Finding* currentFinding() const;

 signals:
  /// Another finding, or none, is current; or the current one was made again.
  void currentFindingChanged();

 protected:
  [[nodiscard]] QString currentStackText() const override;
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

 private:
  void keepCurrent();

  FindingFilterModel* m_filter;
};

}  // namespace heaptap::gui
