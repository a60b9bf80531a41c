// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/bar_delegate.h"

#include <QPainter>
#include <algorithm>

#include "gui/models/sites/size_histogram_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kBarMargin = 4;
/// What is there at all is visible.
constexpr double kLeastWidth = 2;

}  // namespace

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);  // The selection's background.
  const Colours colours = Colours::of(option.palette);
  const QRectF room = QRectF(option.rect).adjusted(2 * kBarMargin, kBarMargin, -2 * kBarMargin, -kBarMargin);
  const auto bar = [&](int role, const QColor& colour) {
    const double share = std::clamp(index.data(role).toDouble(), 0.0, 1.0);
    if (share <= 0 || room.width() <= 0) return;
    painter->fillRect(
        QRectF(room.topLeft(), QSizeF(std::max(kLeastWidth, room.width() * share), room.height())), colour);
  };
  bar(SizeHistogramModel::ShareRole, colours.area);
  bar(SizeHistogramModel::LiveShareRole, colours.curve);
}

}  // namespace heaptap::gui
