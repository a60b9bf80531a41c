// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/view_list.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <algorithm>
#include <utility>

#include "gui/views/colours.h"
#include "gui/views/frame/view_table.h"

namespace heaptap::gui {
namespace {

constexpr int kLeastDigits = 14;
constexpr int kPadding = 24;
constexpr int kLinePadding = 6;

}  // namespace

ViewList::ViewList(const QList<View*>& views, QWidget* parent) : QListWidget(parent), m_views(views) {
  setAccessibleName(tr("Views"));
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setTextElideMode(Qt::ElideRight);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
  viewport()->setAutoFillBackground(false);
  for (qsizetype at = 0; at < views.size(); ++at) addItem(new QListWidgetItem);
  refresh();
  connect(this, &QListWidget::currentRowChanged, this, [this](int row) {
    if (!m_isFollowing && row >= 0) emit chosen(row);
  });
}

void ViewList::refresh() {
  const QColor warning = Colours::of(palette()).warning;
  bool isWiderOrNarrower = false;
  for (int at = 0; at < count(); ++at) {
    View& view = *m_views[at];
    QListWidgetItem& row = *item(at);
    const QString keys = viewKeys(static_cast<std::size_t>(at));
    const QString about = View::tr(viewTable()[static_cast<std::size_t>(at)].about);
    isWiderOrNarrower = isWiderOrNarrower || row.text() != view.title();
    row.setText(view.title());
    row.setToolTip(keys.isEmpty() ? about : tr("%1 (%2)").arg(about, keys));
    row.setHidden(!view.isOffered());
    row.setData(Qt::ForegroundRole, view.isWarning() ? QVariant(QBrush(warning)) : QVariant());
    row.setSizeHint({0, fontMetrics().height() + 2 * kLinePadding});
  }
  if (isWiderOrNarrower) updateGeometry();
}

void ViewList::setCurrent(int position) {
  const bool before = std::exchange(m_isFollowing, true);
  setCurrentRow(position);
  m_isFollowing = before;
}

QColor ViewList::colourOf(int position) const {
  const QVariant colour = item(position)->data(Qt::ForegroundRole);
  return colour.isValid() ? colour.value<QBrush>().color() : QColor();
}

QSize ViewList::sizeHint() const {
  int widest = kLeastDigits * fontMetrics().horizontalAdvance('0');
  for (int at = 0; at < count(); ++at)
    if (!item(at)->isHidden()) widest = std::max(widest, fontMetrics().horizontalAdvance(item(at)->text()));
  return {widest + kPadding, QListWidget::sizeHint().height()};
}

QSize ViewList::minimumSizeHint() const { return {sizeHint().width(), 3 * fontMetrics().height()}; }

void ViewList::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) refresh();
  QListWidget::changeEvent(event);
}

void ViewList::contextMenuEvent(QContextMenuEvent* event) {
  const int row = currentRow() >= 0 && event->reason() == QContextMenuEvent::Keyboard
                      ? currentRow()
                      : indexAt(event->pos()).row();
  if (row < 0) return;
  QMenu menu(this);
  menu.addAction(tr("Show"), this, [this, row] { emit chosen(row); });
  menu.addAction(tr("Show Beside"), this, [this, row] { emit chosenBeside(row); });
  menu.exec(event->globalPos());
}

}  // namespace heaptap::gui
