// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/notice_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kStripe = 4;
constexpr int kNoticeMargin = 8;
constexpr int kLowWindow = 600;

}  // namespace

NoticeBar::NoticeBar(Stays stays, QWidget* parent)
    : QWidget(parent),
      m_text(new QLabel(this)),
      m_line(new ElidedLabel(this)),
      m_action(new QToolButton(this)) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(kStripe + kNoticeMargin, kNoticeMargin - 2, kNoticeMargin, kNoticeMargin - 2);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_line, 1);
  m_line->hide();
  layout->addWidget(m_action, 0, Qt::AlignTop);
  connect(m_action, &QToolButton::clicked, this, &NoticeBar::actionWanted);
  // Paths have no place to break a line at, and must not make the window wide.
  m_text->setMinimumWidth(1);
  if (stays == Stays::UntilDismissed) {
    auto* dismiss = new QToolButton(this);
    dismiss->setText(tr("Dismiss"));
    dismiss->setAutoRaise(true);
    connect(dismiss, &QToolButton::clicked, this, [this] { setText({}); });
    layout->addWidget(dismiss, 0, Qt::AlignTop);
  }
  m_text->setTextFormat(Qt::PlainText);
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  hide();
}

void NoticeBar::setText(const QString& text, const QString& action) {
  m_action->setText(action);
  m_action->setVisible(!action.isEmpty());
  if (text != m_text->text()) {
    m_text->setText(text);
    m_line->setText(text.simplified());
    setAccessibleName(text);
  }
  setVisible(!text.isEmpty());
}

void NoticeBar::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  window()->installEventFilter(this);  // Its height may change where this bar's does not.
  chooseForm();
}

bool NoticeBar::eventFilter(QObject* watched, QEvent* event) {
  if (watched == window() && event->type() == QEvent::Resize) chooseForm();
  return QWidget::eventFilter(watched, event);
}

void NoticeBar::chooseForm() {
  const bool isLow = window()->height() < kLowWindow;
  m_text->setVisible(!isLow);
  m_line->setVisible(isLow);
}

void NoticeBar::paintEvent(QPaintEvent*) {
  const Colours colours = Colours::of(palette());
  QPainter painter(this);
  painter.fillRect(rect(), colours.warningArea);
  painter.fillRect(QRect(0, 0, kStripe, height()), colours.warning);
}

}  // namespace heaptap::gui
