// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_source.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QThreadPool>
#include <algorithm>
#include <memory>
#include <utility>

namespace heaptap::gui {
namespace {

constexpr int kRest = 9;
constexpr std::chrono::milliseconds kLongestRest{10'000};

}  // namespace

TreeSource::TreeSource(QObject* parent) : QObject(parent) {
  m_rest.setSingleShot(true);
  connect(&m_rest, &QTimer::timeout, this, &TreeSource::work);
}

TreeSource::~TreeSource() { withdraw(); }

void TreeSource::setSites(const Sites& sites, const Sites& earlier) {
  const bool isOther = !sites || !m_sites || sites->series() != m_sites->series();
  m_sites = sites;
  m_earlier = earlier;
  if (isOther) withdraw();
  if (!sites && m_shown.tree) {
    m_shown = {};
    m_labels.setSites(nullptr);
    emit treeChanged(false);
    emit matchesChanged();
  }
  work();
}

void TreeSource::setQuery(const TreeQuery& query) {
  if (query == m_query) return;
  m_query = query;
  withdraw();
  work();
}

void TreeSource::setSearch(const QString& text) {
  if (text == m_search) return;
  m_search = text;
  withdraw();
  work();
}

void TreeSource::setActive(bool isActive) {
  m_isActive = isActive;
  work();
}

TreeWords TreeSource::words() const {
  return {.tree = *m_shown.tree,
          .labels = m_labels,
          .query = m_shown.query,
          .isEstimate = m_shown.sites->isEstimated(m_shown.query.heap),
          .before = m_shown.before.get()};
}

bool TreeSource::isDue() const {
  return m_sites && (m_sites != m_shown.sites || m_earlier != m_shown.earlier ||
                     !(m_query == m_shown.query) || m_search != m_shown.search);
}

bool TreeSource::isRefresh(const Work& next) const {
  return m_shown.tree && next.query == m_shown.query && next.sites->series() == m_shown.sites->series();
}

TreeSource::Work TreeSource::done(Work work, const std::stop_token& stop) {
  QElapsedTimer clock;
  clock.start();
  if (!work.tree) work.tree = work.sites->tree(work.query, stop);
  if (work.tree && work.earlier && !work.before)
    if (const CostTreePtr earlier = work.earlier->tree(work.query, stop))
      work.before = std::make_shared<const std::vector<quint64>>(totalsIn(*earlier, *work.tree));
  if (work.tree && !work.search.isEmpty())
    work.matches = findInTree(*work.tree, work.sites->functionsWith(work.search, stop));
  work.took = std::chrono::milliseconds(clock.elapsed());
  return work;
}

void TreeSource::work() {
  if (!m_isActive || m_watcher != nullptr) return;
  if (!isDue()) return setWorking(false);
  Work next{.sites = m_sites,
            .earlier = m_earlier,
            .query = m_query,
            .search = m_search,
            .tree = {},
            .matches = {},
            .before = {}};
  if (m_sites == m_shown.sites && m_query == m_shown.query) {
    next.tree = m_shown.tree;
    if (m_earlier == m_shown.earlier) next.before = m_shown.before;
  }
  if (!next.tree && m_rest.isActive() && isRefresh(next) && next.search == m_shown.search)
    return setWorking(true);
  auto promise = std::make_shared<QPromise<Work>>();
  m_stop = std::stop_source();
  m_watcher = new QFutureWatcher<Work>(this);
  connect(m_watcher, &QFutureWatcherBase::finished, this, &TreeSource::take);
  m_watcher->setFuture(promise->future());
  setWorking(true);
  QThreadPool::globalInstance()->start(
      [promise = std::move(promise), next = std::move(next), stop = m_stop.get_token()]() mutable {
        promise->start();
        promise->addResult(done(std::move(next), stop));
        promise->finish();
      });
}

void TreeSource::withdraw() {
  if (m_watcher == nullptr) return;
  m_stop.request_stop();
  m_watcher->disconnect(this);
  std::exchange(m_watcher, nullptr)->deleteLater();
}

void TreeSource::take() {
  Work made = m_watcher->result();
  std::exchange(m_watcher, nullptr)->deleteLater();
  const bool isNewTree = made.tree != m_shown.tree || made.before != m_shown.before;
  const bool isSame = isRefresh(made);
  if (isNewTree) m_rest.start(std::min(kLongestRest, kRest * made.took));
  m_shown = std::move(made);
  m_labels.setSites(m_shown.sites);
  if (isNewTree) emit treeChanged(isSame);
  emit matchesChanged();
  work();
}

void TreeSource::setWorking(bool isWorking) {
  if (isWorking == m_isWorking) return;
  m_isWorking = isWorking;
  emit workingChanged(isWorking);
}

}  // namespace heaptap::gui
