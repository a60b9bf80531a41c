// SPDX-License-Identifier: Apache-2.0
#include "gui/views/stack_delegate.h"

#include "gui/models/stack_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {

void StackDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  if (index.column() != StackModel::Function)
    option->palette.setColor(QPalette::Text, Colours::of(option->palette).muted);
  if (index.data(StackModel::InlinedRole).toBool()) option->font.setItalic(true);
}

}  // namespace heaptap::gui
