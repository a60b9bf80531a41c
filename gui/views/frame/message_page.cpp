// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/message_page.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace heaptap::gui {
namespace {

constexpr int kTextWidth = 520;

}  // namespace

MessagePage::MessagePage(QWidget* parent)
    : QWidget(parent), m_title(new QLabel(this)), m_text(new QLabel(this)) {
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.6);
  m_title->setFont(large);
  for (QLabel* label : {m_title, m_text}) {
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignHCenter);
    label->setWordWrap(true);
    label->setMaximumWidth(kTextWidth);
    label->setMinimumWidth(0);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  auto* open = new QPushButton(tr("&Open a File…"), this);
  auto* attach = new QPushButton(tr("&Attach to a Collector…"), this);
  m_retry = new QPushButton(tr("Try &Again"), this);
  m_retry->hide();
  connect(m_retry, &QPushButton::clicked, this, &MessagePage::retryWanted);
  open->setToolTip(tr("Shows a session that was recorded before."));
  attach->setToolTip(tr("Shows the sessions of a running heaptapd, live ones too."));
  connect(open, &QPushButton::clicked, this, &MessagePage::openWanted);
  connect(attach, &QPushButton::clicked, this, &MessagePage::attachWanted);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(12);
  buttons->addStretch();
  buttons->addWidget(m_retry);
  buttons->addWidget(open);
  buttons->addWidget(attach);
  buttons->addStretch();

  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(16);
  layout->addStretch(2);
  layout->addWidget(m_title);
  layout->addWidget(m_text);
  layout->addLayout(buttons);
  layout->addStretch(3);
}

void MessagePage::show(const QString& title, const QString& text, bool canRetry) {
  m_title->setText(title);
  m_text->setText(text);
  m_retry->setVisible(canRetry);
}

}  // namespace heaptap::gui
