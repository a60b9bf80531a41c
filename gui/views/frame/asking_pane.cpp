// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/asking_pane.h"

#include "gui/views/measures.h"

namespace heaptap::gui {

AskingPane::AskingPane(const QString& refreshTip, QWidget* content, QWidget* parent)
    : View(parent),
      m_above(new QHBoxLayout),
      m_choice(new QComboBox(this)),
      m_again(new QToolButton(this)),
      m_about(new ElidedLabel(this)) {
  m_again->setText(tr("Refresh"));
  m_again->setToolTip(refreshTip);
  m_about->setMuted(true);
  auto* whole = new QWidget(this);
  m_above->setSpacing(measure::kSpacing);
  m_above->addWidget(m_choice);
  m_above->addWidget(m_again);
  m_above->addWidget(m_about, 1);
  m_column = new QVBoxLayout(whole);
  m_column->setContentsMargins(0, 0, 0, 0);
  m_column->setSpacing(measure::kSpacing / 2);
  m_column->addLayout(m_above);
  m_column->addWidget(content, 1);
  setWidget(whole);
  connect(m_again, &QToolButton::clicked, this, [this] {
    ++m_turn;
    wantIfCurrent();
  });
}

void AskingPane::follow(std::initializer_list<AskedSignals*> asked) {
  for (AskedSignals* each : asked)
    connect(each, &AskedSignals::answered, this, [this] {
      m_answeredAt = QTime::currentTime();
      showAnswer();
    });
  connect(&store(), &SessionStore::summaryChanged, this, [this] {
    m_again->setVisible(store().session().isLive());
    if (!hasWish()) wantIfCurrent();
  });
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & (Selection::Time | Selection::Filter)) wantIfCurrent();
  });
  showAnswer();
}

void AskingPane::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});
  wantIfCurrent();
}

void AskingPane::wantIfCurrent() {
  if (m_isCurrent && store().summary()) want();
}

void AskingPane::setAbout(const QString& text, bool isCurrent) {
  QString all = text;
  const bool goesOn = store().session().isLive() && selection().time().isNow() && m_answeredAt.isValid();
  // The numbers above go on meanwhile.
  if (goesOn && !text.isEmpty())
    all += QStringLiteral("  ·  ") + tr("as of %1").arg(m_answeredAt.toString("HH:mm:ss"));
  if (!isCurrent) all += QStringLiteral("  ·  ") + tr("Loading…");
  m_about->setText(all);
}

}  // namespace heaptap::gui
