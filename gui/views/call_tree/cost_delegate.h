// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace heaptap::gui {

/// Cells of the call tree: shares as bars behind their numbers; functions that are not the program's own are
/// dimmed, and those that were looked for stand out.
class CostDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  /// The bar of a share, in a cell with these bounds; empty: it is nothing.
  [[nodiscard]] static QRectF barOf(const QRect& cell, double share);

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

}  // namespace heaptap::gui
