// SPDX-License-Identifier: Apache-2.0
#include "gui/views/live/live_bar.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>
#include <array>

namespace heaptap::gui {
namespace {

using Kind = LiveCommand::Kind;

struct Offer {
  Kind kind;
  const char* text;
  const char* tip;
};
constexpr std::array kOffers{
    Offer{
        Kind::Pause, QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Pause"),
        QT_TRANSLATE_NOOP("heaptap::gui::LiveBar",
                          "Records no new allocations until it is resumed; frees and reallocations go on.")},
    Offer{Kind::Resume, QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Resume"),
          QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Records allocations again.")},
    Offer{Kind::Mark, QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Mark…"),
          QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Names this moment, to come back to it later.")},
    Offer{Kind::Snapshot, QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Snapshot…"),
          QT_TRANSLATE_NOOP("heaptap::gui::LiveBar",
                            "Names this moment, and keeps the whole heap as it is then.")},
    Offer{Kind::Stop, QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Stop…"),
          QT_TRANSLATE_NOOP("heaptap::gui::LiveBar", "Ends the record. The program runs on.")}};
constexpr qsizetype kMostNameBytes = 255;

}  // namespace

LiveBar::LiveBar(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  for (const Offer& offer : kOffers) {
    auto* const button = new QToolButton(this);
    button->setText(tr(offer.text));
    button->setToolTip(tr(offer.tip));
    button->setAccessibleName(tr(offer.text).remove(QChar(0x2026)));
    button->setAccessibleDescription(tr(offer.tip));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, this, [this, kind = offer.kind] { begin(kind); });
    row->addWidget(button);
    m_buttons << button;
  }
  button(Kind::Pause).setCheckable(true);
}

QToolButton& LiveBar::button(Kind kind) const { return *m_buttons[static_cast<qsizetype>(kind)]; }

void LiveBar::setPaused(bool isPaused) {
  m_isPaused = isPaused;
  button(Kind::Pause).setChecked(isPaused);
}

void LiveBar::begin(Kind kind) {
  button(Kind::Pause).setChecked(m_isPaused);  // A click is a wish: the record says whether it is so.
  switch (kind) {
    case Kind::Pause:
    case Kind::Resume: emit wanted({.kind = kind}); return;
    case Kind::Mark:
    case Kind::Snapshot: askName(kind); return;
    case Kind::Stop: confirmStop(); return;
  }
}

void LiveBar::askName(Kind kind) {
  auto* const dialog = new QInputDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(kind == Kind::Mark ? tr("Mark This Moment") : tr("Take a Snapshot"));
  dialog->setLabelText(tr("What this moment is called:"));
  dialog->setTextValue((kind == Kind::Mark ? tr("mark %1") : tr("snapshot %1")).arg(++m_named));
  connect(dialog, &QInputDialog::textValueSelected, this, [this, kind](const QString& text) {
    QString name = text.trimmed();
    while (name.toUtf8().size() > kMostNameBytes) name.chop(1);
    if (!name.isEmpty()) emit wanted({.kind = kind, .name = name});
  });
  dialog->open();
}

void LiveBar::confirmStop() {
  auto* const dialog = new QMessageBox(QMessageBox::Question, tr("Stop Recording"),
                                       tr("The record ends here and cannot be resumed. The program runs on."),
                                       QMessageBox::Cancel, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  QPushButton* const stop = dialog->addButton(tr("&Stop Recording"), QMessageBox::AcceptRole);
  connect(stop, &QPushButton::clicked, this, [this] { emit wanted({.kind = Kind::Stop}); });
  dialog->open();
}

}  // namespace heaptap::gui
