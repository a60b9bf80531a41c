// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gui/models/leaks/leak_order_model.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// Leaks by root cause. It always has a current one while it has rows.
class LeakTable : public DataTable {
  Q_OBJECT

 public:
  /// `source` must outlive this.
  explicit LeakTable(LeakModel& source, QWidget* parent = nullptr);

  [[nodiscard]] const LeakGroup* currentGroup() const;

 signals:
  /// Another leak, or none, is current.
  void currentGroupChanged();

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

 private:
  void rememberCurrent();
  void keepCurrent();

  LeakModel& m_source;
  LeakOrderModel* m_order;
  /// Call sites of the group that was current before the model's reset: groups have no other name.
  std::vector<SiteNumbers::Key> m_current;
};

}  // namespace heaptap::gui
