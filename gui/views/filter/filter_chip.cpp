// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/filter_chip.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "gui/models/filter/filter_words.h"
#include "gui/models/tool_tip.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kPadding = 8;
constexpr int kCross = 18;
constexpr int kMostDigits = 42;
constexpr int kLeastDigits = 3;
constexpr double kTint = 0.14;
constexpr double kLine = 0.45;

}  // namespace

FilterChip::FilterChip(FilterTerm term, QWidget* parent)
    : QWidget(parent), m_term(std::move(term)), m_text(termText(m_term).simplified()) {
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::PointingHandCursor);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setFollowed(true);
}

void FilterChip::setFollowed(bool isFollowed) {
  m_isFollowed = isFollowed;
  const QString ignored = tr("This view shows all, whether it passes this or not.");
  setAccessibleName(tr("Filter term: %1").arg(m_text));
  setAccessibleDescription(isFollowed ? QString() : ignored);
  QString tip = m_text + '\n' + tr("Click: change it. N: the opposite. Delete: remove it.");
  if (!isFollowed) tip += '\n' + ignored;
  setToolTip(gui::toolTip(tip));
  update();
}

QSize FilterChip::sizeHint() const {
  const int text = std::min(fontMetrics().horizontalAdvance(m_text) + 2,
                            kMostDigits * fontMetrics().horizontalAdvance('0'));
  return {kPadding + text + kCross, fontMetrics().height() + kPadding};
}

QSize FilterChip::minimumSizeHint() const {
  return {
      std::min(sizeHint().width(), kPadding + kLeastDigits * fontMetrics().horizontalAdvance('0') + kCross),
      sizeHint().height()};
}

QRect FilterChip::crossRect() const { return {width() - kCross, 0, kCross, height()}; }

void FilterChip::paintEvent(QPaintEvent*) {
  const QColor accent = m_term.isNot ? Colours::of(palette()).warning : palette().color(QPalette::Highlight);
  const QColor ground = palette().color(QPalette::Window);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QPen line(blended(accent, ground, hasFocus() ? 1.0 : kLine), hasFocus() ? 2 : 1);
  if (!m_isFollowed) line.setStyle(Qt::DotLine);
  painter.setPen(line);
  painter.setBrush(m_isFollowed ? blended(accent, ground, kTint) : ground);
  const double radius = (height() - 2) / 2.0;
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius, radius);
  painter.setPen(m_isFollowed ? palette().color(QPalette::WindowText) : Colours::of(palette()).muted);
  const QRect text = rect().adjusted(kPadding, 0, -kCross, 0);
  painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                   fontMetrics().elidedText(m_text, Qt::ElideMiddle, text.width()));
  painter.drawText(crossRect(), Qt::AlignCenter, QStringLiteral("×"));
}

void FilterChip::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace: emit removeWanted(); return;
    case Qt::Key_N: emit invertWanted(); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: emit editWanted(); return;
    default: QWidget::keyPressEvent(event);
  }
}

void FilterChip::mouseReleaseEvent(QMouseEvent* event) {
  const QPoint at = event->position().toPoint();
  if (event->button() == Qt::MiddleButton && rect().contains(at)) return emit removeWanted();
  if (event->button() != Qt::LeftButton || !rect().contains(at)) return;
  if (crossRect().contains(at)) return emit removeWanted();
  emit editWanted();
}

std::unique_ptr<QMenu> FilterChip::contextMenu() {
  auto menu = std::make_unique<QMenu>(this);
  menu->addAction(tr("&Change…"), this, &FilterChip::editWanted);
  menu->addAction(tr("The &Opposite"), this, &FilterChip::invertWanted)->setShortcut(QKeySequence(Qt::Key_N));
  menu->addAction(tr("&Remove"), this, &FilterChip::removeWanted)->setShortcut(QKeySequence::Delete);
  return menu;
}

void FilterChip::contextMenuEvent(QContextMenuEvent* event) {
  // What is chosen may take the chip away: not from within its own menu.
  QMenu* const menu = contextMenu().release();
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(event->globalPos());
}

}  // namespace heaptap::gui
