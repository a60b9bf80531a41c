// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace heaptap::gui {

/// Paints cells the darker the more of the whole they have; the text stays readable on all of them.
class HeatDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  /// `shareRole`: from 0 to 1, how much a cell has.
  HeatDelegate(int shareRole, QObject* parent) : QStyledItemDelegate(parent), m_shareRole(shareRole) {}

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

 private:
  int m_shareRole;
};

}  // namespace heaptap::gui
