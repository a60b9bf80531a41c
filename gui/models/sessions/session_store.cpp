// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/session_store.h"

namespace heaptap::gui {

void SessionStore::setSessions(const SessionList& sessions) {
  if (sessions == m_sessions) return;
  m_sessions = sessions;
  emit sessionsChanged();
}

void SessionStore::begin(const Session& session) {
  m_session = session;
  m_summary.reset();
  m_timeline = {};
  m_sites = nullptr;
  m_leaks = nullptr;
  m_findings.reset();
  m_status.reset();
  m_coming = Coming::Expected;
  m_isFinished = false;
  m_heapWish = {};
  m_isHeapThere = true;
  m_heapWords.clear();
  m_heapProblem.clear();
  m_siteModel.setEarlier(nullptr);
  m_siteModel.clear();
  m_timelinePart.clear();
  m_timelineSeries.clear();
  m_blocks.clear();
  m_addressHistory.clear();
  m_threads.clear();
  m_sizes.clear();
  m_lifetimes.clear();
  m_comparison.clear();
  m_beside.clear();
  m_addressMap.clear();
  m_pageBlocks.clear();
  m_sql.clear();
  m_writtenTime.clear();
  m_source.clear();
  m_excerpt.clear();
  emit begun();
}

void SessionStore::setSummary(const Summary& summary) {
  if (summary.session.id != m_session.id) begin(summary.session);
  m_session = summary.session;
  m_summary = summary;
  if (!summary.session.isLive()) m_status.reset();
  m_siteModel.setRemains(m_heapWish.time.isNow() ? summary.remains() : Remains::Live);
  emit summaryChanged();
}

void SessionStore::setTimeline(const Timeline& timeline) {
  m_timeline = timeline;
  emit timelineChanged();
}

void SessionStore::setSites(const Sites& sites) {
  m_sites = sites;
  if (m_heapWish.isPlain()) m_siteModel.setSites(sites);
  emit sitesChanged();
}

void SessionStore::setLeaks(const Leaks& leaks) {
  m_leaks = leaks;
  emit leaksChanged();
}

void SessionStore::setFindings(const Findings& findings) {
  m_findings = findings;
  emit findingsChanged();
}

void SessionStore::setStatus(const LiveStatus& status) {
  m_status = status;
  emit statusChanged();
}

void SessionStore::setFinished() {
  m_isFinished = true;
  emit leaksChanged();  // Their histories will not come any more, if they have not.
}

void SessionStore::setComing(Coming coming) {
  m_coming = coming;
  emit comingChanged();
}

void SessionStore::expectHeap(const HeapWish& wish) {
  m_heapWish = wish;
  m_isHeapThere = wish.isPlain();
  m_heapWords.clear();
  m_heapProblem.clear();
  m_siteModel.setRemains(wish.time.isNow() ? remains() : Remains::Live);
  m_siteModel.setEarlier(nullptr);
  m_siteModel.setSites(wish.isPlain() ? m_sites : nullptr);
  emit heapChanged();
}

void SessionStore::setHeap(const HeapWish& wish, const Sites& sites, const QString& words,
                           const Sites& earlier) {
  if (wish != m_heapWish || wish.isPlain()) return;
  m_isHeapThere = true;
  m_heapWords = words;
  m_heapProblem.clear();
  m_siteModel.setEarlier(earlier);
  m_siteModel.setSites(sites);
  emit heapChanged();
}

void SessionStore::setHeapProblem(const HeapWish& wish, const QString& problem) {
  if (wish != m_heapWish || wish.isPlain()) return;
  m_isHeapThere = true;
  m_heapWords.clear();
  m_heapProblem = problem;
  m_siteModel.setSites(nullptr);
  emit heapChanged();
}

}  // namespace heaptap::gui
