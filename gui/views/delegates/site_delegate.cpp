// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/site_delegate.h"

#include "gui/models/sites/site_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {

void SiteDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const bool isZero =
      SiteModel::isNumber(index.column()) && index.data(SiteModel::SortRole).toLongLong() == 0;
  if (SiteModel::isChange(index.column()) && !isZero) {
    const bool grew = index.data(SiteModel::SortRole).toLongLong() > 0;
    const Colours colours = Colours::of(option->palette);
    option->palette.setColor(QPalette::Text, grew ? colours.growth : colours.shrinkage);
  }
  if (isZero || index.column() == SiteModel::Location || index.column() == SiteModel::Heap)
    option->palette.setColor(QPalette::Text, Colours::of(option->palette).muted);
}

}  // namespace heaptap::gui
