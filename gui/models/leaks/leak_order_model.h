// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSortFilterProxyModel>

#include "gui/models/leaks/leak_model.h"

namespace heaptap::gui {

/// Sorts leaks by one column; those that are equal in it by their bytes, the largest first, so that an order
/// never depends on what was shown before.
/// Threads: GUI thread.
class LeakOrderModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit LeakOrderModel(LeakModel& source, QObject* parent = nullptr);

  [[nodiscard]] const LeakGroup& groupAt(int row) const;

 protected:
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  LeakModel& m_source;
};

}  // namespace heaptap::gui
