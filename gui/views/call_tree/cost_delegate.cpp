// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_tree/cost_delegate.h"

#include <QPainter>
#include <algorithm>

#include "gui/models/trees/cost_tree_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kBarMargin = 3;
constexpr int kRowPadding = 7;   // As in tables.
constexpr double kLeastBar = 2;  // What is there at all is visible.

}  // namespace

QSize CostDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), option.fontMetrics.height() + kRowPadding};
}

QRectF CostDelegate::barOf(const QRect& cell, double share) {
  const QRectF room = QRectF(cell).adjusted(kBarMargin, kBarMargin, -kBarMargin, -kBarMargin);
  if (share <= 0 || room.width() <= 0) return {};
  const double wide = std::max(kLeastBar, room.width() * std::min(1.0, share));
  return {room.left(), room.top(), wide, room.height()};
}

void CostDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const Colours colours = Colours::of(option->palette);
  const bool isMatch = index.data(CostTreeModel::MatchRole).toBool();
  const bool isName = index.column() == CostTreeModel::Function;
  if (isName && isMatch) {
    option->font.setWeight(QFont::Bold);
    if (!option->state.testFlag(QStyle::State_Selected)) option->backgroundBrush = colours.warningArea;
  }
  if (index.column() == CostTreeModel::Module || index.data(CostTreeModel::NothingRole).toBool() ||
      (isName && !index.data(CostTreeModel::OwnRole).toBool()))
    option->palette.setColor(QPalette::Text, colours.muted);
}

void CostDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  if (index.column() != CostTreeModel::Share) return QStyledItemDelegate::paint(painter, option, index);
  // The bar lies between the background and the number.
  QStyleOptionViewItem cell = option;
  initStyleOption(&cell, index);
  const QString text = cell.text;
  cell.text.clear();
  const QStyle* const style = cell.widget->style();
  style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
  const bool isSelected = option.state.testFlag(QStyle::State_Selected);
  const QColor textColour = option.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
  QColor bar = isSelected ? textColour : Colours::of(option.palette).area;
  if (isSelected) bar.setAlphaF(0.3F);
  painter->fillRect(barOf(option.rect, index.data(CostTreeModel::ShareRole).toDouble()), bar);
  painter->setPen(textColour);
  painter->drawText(option.rect.adjusted(2 * kBarMargin, 0, -2 * kBarMargin, 0),
                    Qt::AlignRight | Qt::AlignVCenter, text);
}

}  // namespace heaptap::gui
