// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/growth_delegate.h"

#include <QPainter>

#include "gui/models/leaks/leak_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kGrowthMargin = 4;

}  // namespace

void GrowthDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  if (!index.data(LeakModel::OwnRole).toBool() || index.column() == LeakModel::Location)
    option->palette.setColor(QPalette::Text, Colours::of(option->palette).muted);
}

void GrowthDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  if (index.column() != LeakModel::Growth) return;
  const auto shares = index.data(LeakModel::GrowthRole).value<QList<double>>();
  const QRectF room =
      QRectF(option.rect).adjusted(kGrowthMargin, kGrowthMargin, -kGrowthMargin, -kGrowthMargin);
  if (shares.size() < 2 || room.width() <= 0) return;
  QPolygonF line;
  for (qsizetype i = 0; i < shares.size(); ++i)
    line << QPointF(
        room.left() + room.width() * static_cast<double>(i) / static_cast<double>(shares.size() - 1),
        room.bottom() - room.height() * shares[i]);
  QPolygonF area = line;
  area << room.bottomRight() << room.bottomLeft();
  const Colours colours = Colours::of(option.palette);
  const bool isSelected = option.state.testFlag(QStyle::State_Selected);
  const QColor pen = isSelected ? option.palette.color(QPalette::HighlightedText) : colours.curve;
  QColor fill = pen;
  fill.setAlphaF(0.3F);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(Qt::NoPen);
  painter->setBrush(fill);
  painter->drawPolygon(area);
  painter->setPen(QPen(pen, 1.2));
  painter->drawPolyline(line);
  painter->restore();
}

}  // namespace heaptap::gui
