// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QStyledItemDelegate>

namespace heaptap::gui {

/// Paints lines of source: the text in letters of one width, a bar before it, the line that was looked for
/// on a ground of its own.
class SourceDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  explicit SourceDelegate(QObject* parent = nullptr);

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

 private:
  QFont m_source;
};

}  // namespace heaptap::gui
