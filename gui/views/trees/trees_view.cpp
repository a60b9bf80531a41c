// SPDX-License-Identifier: Apache-2.0
#include "gui/views/trees/trees_view.h"

#include <algorithm>
#include <chrono>

#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostSitesOfANode = 32;
constexpr auto kPublishAfter = std::chrono::milliseconds(80);

}  // namespace

TreesView::TreesView(TreePanel* panel, QWidget* parent) : View(parent), m_panel(panel) {
  setWidget(panel);
  m_publishing.setSingleShot(true);
  m_publishing.setInterval(kPublishAfter);
}

void TreesView::bound() {
  m_panel->keyWidget().setAccessibleName(name());
  connect(&m_publishing, &QTimer::timeout, this, [this] { publish(); });
  connect(m_panel, &TreePanel::functionChosen, &m_publishing, qOverload<>(&QTimer::start));
  connect(&m_panel->source(), &TreeSource::treeChanged, &m_publishing, qOverload<>(&QTimer::start));
  connect(m_panel, &TreePanel::menuOpening, this, &View::menuOpening);
  for (const auto signal : {&SessionStore::begun, &SessionStore::summaryChanged, &SessionStore::sitesChanged,
                            &SessionStore::comingChanged, &SessionStore::heapChanged})
    connect(&store(), signal, this, &TreesView::followStore);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Filter) followStore();
  });
  followStore();
}

void TreesView::followStore() {
  const Sites& sites = store().siteModel().sites();
  const EmptyText empty{.isKnown = sites != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No call site matches the filter."),
                        .nothing = tr("Nothing counts towards this cost."),
                        .coming = store().heapComing()};
  m_panel->setEmptyText(store().heapProblem().isEmpty() ? empty.text() : store().heapProblem());
  // What has ended is looked at by its peak; at its end there is but what it did not free.
  const bool isOver = store().heapTime().isNow() && store().heapWish().hasPeaks() && store().summary() &&
                      !store().session().isLive();
  m_panel->controls().propose(isOver ? TreeCost::PeakBytes : TreeCost::LiveBytes);
  m_panel->setFilter(selection().filter());
  m_panel->setSites(sites, store().siteModel().earlier());
}

void TreesView::becomeCurrent() {
  m_isCurrent = true;
  publish();
}

void TreesView::resign() {
  m_isCurrent = false;
  m_publishing.stop();
}

void TreesView::publish() {
  if (!m_isCurrent) return;
  const TreeSource& source = m_panel->source();
  const Sites& set = source.sites();
  const quint32 node = m_panel->currentNode();
  if (!set || node == CostTree::kRoot) return selection().setSites({});
  std::vector<std::size_t> rows = set->rowsAt(source.treeQuery(), source.tree()->path(node));
  const std::size_t total = rows.size();
  const auto most = static_cast<std::ptrdiff_t>(std::min(kMostSitesOfANode, total));
  const TreeCost cost = source.treeQuery().cost;
  std::partial_sort(rows.begin(), rows.begin() + most, rows.end(), [&](std::size_t a, std::size_t b) {
    const quint64 ofA = costOf(set->numbers()[a], cost);
    const quint64 ofB = costOf(set->numbers()[b], cost);
    return ofA != ofB ? ofA > ofB : a < b;
  });
  rows.resize(static_cast<std::size_t>(most));
  const QString title =
      total == 1 ? QString() : oneLine(source.labels().of(source.tree()->node(node).function).spoken);
  selection().setSites({.set = set, .rows = std::move(rows), .total = total, .title = title});
}

}  // namespace heaptap::gui
