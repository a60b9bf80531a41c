// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/stack_delegate.h"

#include "gui/models/sites/stack_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

/// Only the module of the line is known: it is `module+0x1234`.
bool isNameless(const QModelIndex& index) {
  const QString module = index.siblingAtColumn(StackModel::Module).data().toString();
  return !module.isEmpty() && index.siblingAtColumn(StackModel::Function)
                                  .data()
                                  .toString()
                                  .startsWith(module + QStringLiteral("+0x"));
}

}  // namespace

void StackDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const Colours colours = Colours::of(option->palette);
  const bool isTitle = index.data(StackModel::TitleRole).toBool();
  if (isTitle) {
    option->font.setWeight(QFont::DemiBold);
    option->backgroundBrush = colours.title;
  } else if (index.column() != StackModel::Function || index.data(StackModel::MissingRole).toBool() ||
             index.data(StackModel::ForeignRole).toBool() || isNameless(index)) {
    option->palette.setColor(QPalette::Text, colours.muted);
  }
  if (index.data(StackModel::InlinedRole).toBool()) option->font.setItalic(true);
}

}  // namespace heaptap::gui
