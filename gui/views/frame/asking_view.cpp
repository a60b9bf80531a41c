// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/asking_view.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "gui/views/measures.h"

namespace heaptap::gui {

AskingView::AskingView(const QString& refreshTip, QWidget* parent)
    : View(parent),
      m_choice(new QComboBox(this)),
      m_again(new QToolButton(this)),
      m_about(new ElidedLabel(this)),
      m_table(new DataTable(this)) {
  m_again->setText(tr("Refresh"));
  m_again->setToolTip(refreshTip);
  m_about->setMuted(true);
  auto* content = new QWidget(this);
  auto* above = new QHBoxLayout;
  above->setSpacing(measure::kSpacing);
  above->addWidget(m_choice);
  above->addWidget(m_again);
  above->addWidget(m_about, 1);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_table, 1);
  setWidget(content);
  connect(m_again, &QToolButton::clicked, this, [this] {
    ++m_turn;
    wantIfCurrent();
  });
}

void AskingView::follow(AskedSignals& asked) {
  connect(&asked, &AskedSignals::answered, this, [this] { showAnswer(); });
  connect(&store(), &SessionStore::summaryChanged, this, [this] {
    m_again->setVisible(store().session().isLive());
    if (!hasWish()) wantIfCurrent();
  });
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & (Selection::Time | Selection::Filter)) wantIfCurrent();
  });
  showAnswer();
}

void AskingView::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});
  wantIfCurrent();
}

void AskingView::wantIfCurrent() {
  if (m_isCurrent && store().summary()) want();
}

void AskingView::setAbout(const QString& text, bool isCurrent) {
  m_about->setText(isCurrent ? text : text + QStringLiteral("  ·  ") + tr("Loading…"));
}

}  // namespace heaptap::gui
