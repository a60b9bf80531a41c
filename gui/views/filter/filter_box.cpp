// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/filter_box.h"

#include <QAction>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPixmap>
#include <QSignalBlocker>
#include <array>
#include <variant>

#include "gui/models/filter/filter_words.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

struct Offer {
  const char* text;
  const char* words;  ///< What is put into the box.
};
constexpr std::array kOffers{
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "&Function has…"), "function:"},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "F&ile has…"), "file:"},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "&Module has…"), "module:"},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "&Regular Expression…"), "/"},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "&Size at Least…"), "size>="},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "Size at M&ost…"), "size<="},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "Lived at &Least…"), "lifetime>="},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "Lived at Mos&t…"), "lifetime<="},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "Allocated by T&hread…"), "thread:"},
    Offer{QT_TRANSLATE_NOOP("heaptap::gui::FilterBox", "&Not…"), "-"}};

/// Painted, so that it is there in each theme of icons.
QIcon plusIcon(const QPalette& palette) {
  constexpr int kSide = 64;
  constexpr int kFrom = 14;
  constexpr int kWidth = 8;
  QPixmap pixmap(kSide, kSide);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setPen(QPen(Colours::of(palette).muted, kWidth, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(kFrom, kSide / 2, kSide - kFrom, kSide / 2);
  painter.drawLine(kSide / 2, kFrom, kSide / 2, kSide - kFrom);
  return pixmap;
}

}  // namespace

FilterBox::FilterBox(QWidget* parent) : QLineEdit(parent), m_kinds(new QMenu(this)) {
  setPlaceholderText(tr("Filter by function, file or module"));
  setAccessibleName(tr("Filter"));
  setToolTip(
      tr("Shows what has this in any line of its stacks (Ctrl+F). Enter keeps it and begins another one.\n"
         "function:parse   module:libfoo   file:/\\.rs$/   size>4K   lifetime<1ms   thread:main   -parse"));
  setClearButtonEnabled(true);
  offerKinds();
  connect(this, &QLineEdit::textChanged, this, &FilterBox::read);
}

void FilterBox::offerKinds() {
  for (const Offer& offer : kOffers)
    m_kinds->addAction(tr(offer.text), this, [this, words = offer.words] {
      setText(QLatin1String(words));
      setFocus(Qt::OtherFocusReason);
    });
  QAction* const more = addAction(plusIcon(palette()), QLineEdit::TrailingPosition);
  more->setToolTip(tr("What can be filtered by"));
  connect(more, &QAction::triggered, this, [this] { m_kinds->popup(mapToGlobal(rect().bottomLeft())); });
}

void FilterBox::reset() {
  // Its button to clear looks for changes, too.
  m_isResetting = true;
  clear();
  m_isResetting = false;
  m_term.reset();
  m_problem.clear();
}

void FilterBox::read() {
  if (m_isResetting) return;
  m_term.reset();
  m_problem.clear();
  if (!text().trimmed().isEmpty()) {
    auto read = readTerm(text());
    if (auto* const term = std::get_if<FilterTerm>(&read))
      m_term = std::move(*term);
    else
      m_problem = std::get<FilterProblem>(read).text;
  }
  emit termChanged();
}

void FilterBox::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (m_term) emit confirmed();
      return event->accept();
    case Qt::Key_Escape:
      if (text().isEmpty()) break;
      clear();
      return event->accept();
    case Qt::Key_Backspace:
      if (!text().isEmpty()) break;
      emit lastWanted();
      return event->accept();
    case Qt::Key_Down: m_kinds->popup(mapToGlobal(rect().bottomLeft())); return event->accept();
    default: break;
  }
  QLineEdit::keyPressEvent(event);
}

}  // namespace heaptap::gui
