// SPDX-License-Identifier: Apache-2.0
#include "gui/views/source/source_delegate.h"

#include <QFontDatabase>
#include <QPainter>
#include <algorithm>

#include "gui/models/source/source_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kBarMargin = 3;
constexpr double kLeastBar = 2;

}  // namespace

SourceDelegate::SourceDelegate(QObject* parent)
    : QStyledItemDelegate(parent), m_source(QFontDatabase::systemFont(QFontDatabase::FixedFont)) {}

void SourceDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const Colours colours = Colours::of(option->palette);
  if (index.column() == SourceModel::Text) option->font = m_source;
  if (index.column() == SourceModel::Line) option->palette.setColor(QPalette::Text, colours.muted);
  if (index.data(SourceModel::TargetRole).toBool()) option->backgroundBrush = colours.warningArea;
}

void SourceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  const double share = index.column() == SourceModel::Bar ? index.data(SourceModel::ShareRole).toDouble() : 0;
  if (share <= 0) return;
  const QRectF room = QRectF(option.rect).adjusted(kBarMargin, kBarMargin, -kBarMargin, -kBarMargin);
  if (room.width() <= 0 || room.height() <= 0) return;
  const bool isSelected = option.state.testFlag(QStyle::State_Selected);
  // From the text to the left: the longest bars are where the eye reads.
  const double width = std::max(kLeastBar, room.width() * share);
  painter->fillRect(
      QRectF(room.right() - width, room.top(), width, room.height()),
      isSelected ? option.palette.color(QPalette::HighlightedText) : Colours::of(option.palette).curve);
}

}  // namespace heaptap::gui
