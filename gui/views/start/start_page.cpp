// SPDX-License-Identifier: Apache-2.0
#include "gui/views/start/start_page.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "gui/models/tool_tip.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kTextWidth = 520;
constexpr int kShownPlaces = 7;
constexpr int kRowPadding = 8;
constexpr double kTitleScale = 1.6;

}  // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_recentTitle(new QLabel(tr("Opened before"), this)),
      m_recent(new QListWidget(this)) {
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * kTitleScale);
  m_title->setFont(large);
  for (QLabel* label : {m_title, m_text}) {
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignHCenter);
    label->setWordWrap(true);
    label->setMinimumWidth(0);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  auto* profile = new QPushButton(tr("&Profile a Program…"), this);
  auto* open = new QPushButton(tr("&Open a File…"), this);
  auto* attach = new QPushButton(tr("&Attach to a Collector…"), this);
  m_retry = new QPushButton(tr("Try A&gain"), this);
  m_retry->hide();
  profile->setToolTip(tr("Starts a program, records it, and shows its heap while it runs."));
  open->setToolTip(tr("Shows a session that was recorded before."));
  attach->setToolTip(tr("Shows the sessions of a running heaptapd, live ones too."));
  connect(m_retry, &QPushButton::clicked, this, &StartPage::retryWanted);
  connect(profile, &QPushButton::clicked, this, &StartPage::profileWanted);
  connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
  connect(attach, &QPushButton::clicked, this, &StartPage::attachWanted);
  m_recent->setAccessibleName(tr("Opened before"));
  m_recent->setTextElideMode(Qt::ElideMiddle);
  m_recent->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_recentTitle->setBuddy(m_recent);
  // A click, not a selection: it opens what it is on.
  connect(m_recent, &QListWidget::itemClicked, this, &StartPage::choose);
  connect(m_recent, &QListWidget::itemActivated, this, &StartPage::choose);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(measure::kSpacing);
  buttons->addStretch();
  for (QPushButton* button : {m_retry, profile, open, attach}) buttons->addWidget(button);
  buttons->addStretch();
  auto* const content = new QWidget(this);
  content->setMaximumWidth(kTextWidth);
  auto* const column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing);
  column->addWidget(m_title);
  column->addWidget(m_text);
  column->addLayout(buttons);
  column->addSpacing(measure::kMargin);
  column->addWidget(m_recentTitle);
  column->addWidget(m_recent);
  // As wide as it may be, in the middle.
  auto* const centre = new QHBoxLayout;
  centre->addStretch(1);
  centre->addWidget(content, kTextWidth);
  centre->addStretch(1);
  auto* const layout = new QVBoxLayout(this);
  layout->addStretch(2);
  layout->addLayout(centre);
  layout->addStretch(3);
  setRecent({});
}

void StartPage::show(const QString& title, const QString& text, bool canRetry) {
  m_title->setText(title);
  m_text->setText(text);
  m_retry->setVisible(canRetry);
}

void StartPage::setRecent(const std::vector<RecentPlace>& places) {
  m_places = places;
  m_recent->clear();
  for (const RecentPlace& place : m_places) {
    const PlaceText text = textOf(place);
    auto* const item =
        new QListWidgetItem((text.title + QStringLiteral("   –   ") + text.about).simplified(), m_recent);
    item->setToolTip(gui::toolTip(place.place));
    item->setSizeHint({0, m_recent->fontMetrics().height() + kRowPadding});
  }
  const int rows = std::min(kShownPlaces, m_recent->count());
  m_recent->setFixedHeight(rows * (m_recent->fontMetrics().height() + kRowPadding) +
                           2 * m_recent->frameWidth());
  m_recent->setVisible(!m_places.empty());
  m_recentTitle->setVisible(!m_places.empty());
}

void StartPage::choose(const QListWidgetItem* item) {
  emit recentWanted(m_places[static_cast<std::size_t>(m_recent->row(item))]);
}

}  // namespace heaptap::gui
