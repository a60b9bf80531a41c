// SPDX-License-Identifier: Apache-2.0
#include "gui/views/compare/change_delegate.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/models/comparison/change_model.h"
#include "gui/models/comparison/summary_change_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kMargin = 4;
/// What differs at all is visible.
constexpr double kLeastWidth = 1.5;

}  // namespace

void ChangeDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const Colours colours = Colours::of(option->palette);
  if (index.data(ChangeModel::DimmedRole).toBool() || index.column() == ChangeModel::Location)
    option->palette.setColor(QPalette::Text, colours.muted);
  else if (index.column() == ChangeModel::Change)
    option->palette.setColor(QPalette::Text, index.data(ChangeModel::ShareRole).toDouble() > 0
                                                 ? colours.growth
                                                 : colours.shrinkage);
}

void ChangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  if (index.column() != ChangeModel::Bar) return;
  const double share = index.data(ChangeModel::ShareRole).toDouble();
  const QRectF room = QRectF(option.rect).adjusted(kMargin, kMargin, -kMargin, -kMargin);
  if (room.width() <= 0 || room.height() <= 0) return;
  const Colours colours = Colours::of(option.palette);
  const double middle = room.center().x();
  const double width = std::max(kLeastWidth, std::abs(share) * room.width() / 2);
  QColor colour = share > 0 ? colours.growth : colours.shrinkage;
  if (index.data(ChangeModel::DimmedRole).toBool()) colour = colours.muted;
  if (option.state.testFlag(QStyle::State_Selected)) colour = option.palette.color(QPalette::HighlightedText);
  painter->fillRect(QRectF(middle, option.rect.top(), 1, option.rect.height()), colours.grid);
  painter->fillRect(QRectF(share > 0 ? middle : middle - width, room.top(), width, room.height()), colour);
}

void SummaryChangeDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const Colours colours = Colours::of(option->palette);
  const int grew = index.data(SummaryChangeModel::GrewRole).toInt();
  if (grew != 0) option->palette.setColor(QPalette::Text, grew > 0 ? colours.growth : colours.shrinkage);
}

}  // namespace heaptap::gui
