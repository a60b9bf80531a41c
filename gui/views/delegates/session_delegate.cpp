// SPDX-License-Identifier: Apache-2.0
#include "gui/views/delegates/session_delegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

#include "gui/models/sessions/session_list_model.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kSessionMargin = 6;
constexpr int kIndent = 14;
constexpr int kDeepestIndent = 6;
constexpr int kDot = 7;

}  // namespace

QSize SessionDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {120, 2 * option.fontMetrics.height() + 2 * kSessionMargin + 2};
}

void SessionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given,
                            const QModelIndex& index) const {
  QStyleOptionViewItem option = given;
  initStyleOption(&option, index);
  option.text.clear();
  const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
  style->drawControl(QStyle::CE_ItemViewItem, &option, painter, option.widget);

  const bool isSelected = option.state.testFlag(QStyle::State_Selected);
  const auto group = option.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
  const QColor text = option.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);
  const Colours colours = Colours::of(option.palette);

  const int depth = std::min(index.data(SessionListModel::DepthRole).toInt(), kDeepestIndent);
  QRect room = option.rect.adjusted(kSessionMargin + 2 + depth * kIndent, kSessionMargin, -kSessionMargin,
                                    -kSessionMargin);
  if (index.data(SessionListModel::LiveRole).toBool()) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(isSelected ? text : colours.curve);
    painter->drawEllipse(
        QRectF(room.right() - kDot, room.top() + (option.fontMetrics.height() - kDot) / 2.0, kDot, kDot));
    painter->restore();
    room.setRight(room.right() - kDot - kSessionMargin);
  }
  const QFontMetrics& metrics = option.fontMetrics;
  const auto line = [&](int role, int top, const QColor& colour) {
    painter->setPen(colour);
    painter->drawText(QRect(room.left(), top, room.width(), metrics.height()),
                      Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(index.data(role).toString(), Qt::ElideRight, room.width()));
  };
  line(Qt::DisplayRole, room.top(), text);
  line(SessionListModel::DetailRole, room.top() + metrics.height() + 2, isSelected ? text : colours.muted);
}

}  // namespace heaptap::gui
