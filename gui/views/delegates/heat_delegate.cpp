// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/heat_delegate.h"

#include <cmath>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr double kMostHeat = 0.45;  // So that text on it keeps its contrast.

}  // namespace

void HeatDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const double share = index.data(m_shareRole).toDouble();
  if (share <= 0) return;
  // By the root: small cells are told from empty ones.
  const QColor base = option->palette.color(QPalette::Base);
  option->backgroundBrush = blended(Colours::of(option->palette).curve, base, kMostHeat * std::sqrt(share));
}

}  // namespace heaptap::gui
