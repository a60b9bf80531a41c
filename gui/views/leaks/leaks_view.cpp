// SPDX-License-Identifier: Apache-2.0
#include "gui/views/leaks/leaks_view.h"

#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/views/elided_label.h"
#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostSitesOfALeak = 32;

}  // namespace

LeaksView::LeaksView(QWidget* parent) : View(parent), m_table(new LeakTable(m_model, this)) {
  m_table->setObjectName(QStringLiteral("leak-groups"));
  auto* const ofTheEnd = new ElidedLabel(this);
  ofTheEnd->setObjectName(QStringLiteral("of-the-end"));
  ofTheEnd->setMuted(true);
  ofTheEnd->setText(tr("Leaks are of the end, not of the time that is chosen."));
  ofTheEnd->hide();
  auto* const content = new QWidget(this);
  auto* const column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(ofTheEnd);
  column->addWidget(m_table, 1);
  setWidget(content);
}

void LeaksView::bound() {
  connect(m_table, &LeakTable::currentGroupChanged, this, &LeaksView::publish);
  for (const auto signal : {&SessionStore::begun, &SessionStore::sitesChanged, &SessionStore::leaksChanged})
    connect(&store(), signal, this, &LeaksView::followLeaks);
  for (const auto signal : {&SessionStore::summaryChanged, &SessionStore::comingChanged})
    connect(&store(), signal, this, &LeaksView::retitle);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Time)
      findChild<ElidedLabel*>(QStringLiteral("of-the-end"))->setVisible(!selection().time().isNow());
    if (parts & Selection::Filter) showLeaks();
  });
  connect(m_table, &DataTable::menuOpening, this, [this](QMenu& menu) {
    const LeakGroup* const group = m_table->currentGroup();
    if (group == nullptr || !group->isOwn()) return;
    menu.addAction(tr("S&uppress This Leak…"), this,
                   [this, site = group->sites.front()] { emit suppressWanted(site); });
  });
  retitle();
}

void LeaksView::followLeaks() {
  showLeaks();
  publish();
}

void LeaksView::showLeaks() {
  m_model.setLeaks(store().leaks(), selection().filter(), store().sites());
  retitle();
}

void LeaksView::retitle() {
  const EmptyText empty{.isKnown = store().leaks() != nullptr,
                        .isFiltered = !selection().filter().names().isEmpty(),
                        .noMatch = tr("No call site matches the filter."),
                        .nothing = noLeaksText(Remains::Leaked, store().isSampled()),
                        .coming = store().coming()};
  m_table->setEmptyText(empty.text());
  emit titleChanged();
}

std::optional<int> LeaksView::count() const {
  if (!store().leaks()) return std::nullopt;
  return m_model.ownGroups();
}

bool LeaksView::isOffered() const {
  return store().leaks() || (store().summary() && store().remains() == Remains::Leaked);
}

void LeaksView::becomeCurrent() {
  m_isCurrent = true;
  publish();
}

void LeaksView::publish() {
  if (!m_isCurrent) return;
  const LeakGroup* group = m_table->currentGroup();
  SiteChoice choice{.set = store().sites()};
  for (std::size_t i = 0; group && choice.set && i < std::min(group->sites.size(), kMostSitesOfALeak); ++i)
    if (const auto row = choice.set->rowOf(group->sites[i])) choice.rows.push_back(*row);
  if (choice.rows.empty()) return selection().setSites({});
  choice.total = group->sites.size();
  if (choice.total > 1) choice.title = leakName(*group);
  selection().setSites(std::move(choice));
}

}  // namespace heaptap::gui
