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
  m_heapTime = {};
  m_heapWords.clear();
  m_heapProblem.clear();
  m_siteModel.clear();
  m_timelinePart.clear();
  m_blocks.clear();
  m_threads.clear();
  m_sizes.clear();
  m_lifetimes.clear();
  m_comparison.clear();
  m_beside.clear();
  m_addressMap.clear();
  m_pageBlocks.clear();
  m_sql.clear();
  emit begun();
}

void SessionStore::setSummary(const Summary& summary) {
  if (summary.session.id != m_session.id) begin(summary.session);
  m_session = summary.session;
  m_summary = summary;
  if (!summary.session.isLive()) m_status.reset();
  m_siteModel.setRemains(m_heapTime.isNow() ? summary.remains() : Remains::Live);
  emit summaryChanged();
}

void SessionStore::setTimeline(const Timeline& timeline) {
  m_timeline = timeline;
  emit timelineChanged();
}

void SessionStore::setSites(const Sites& sites) {
  m_sites = sites;
  if (m_heapTime.isNow()) m_siteModel.setSites(sites);
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

void SessionStore::expectHeap(const TimeChoice& time) {
  m_heapTime = time;
  m_heapWords.clear();
  m_heapProblem.clear();
  m_siteModel.setRemains(time.isNow() ? remains() : Remains::Live);
  m_siteModel.setSites(time.isNow() ? m_sites : nullptr);
  emit heapChanged();
}

void SessionStore::setHeap(const TimeChoice& time, const Sites& sites, const QString& words) {
  if (time != m_heapTime || time.isNow()) return;
  m_heapWords = words;
  m_heapProblem.clear();
  m_siteModel.setSites(sites);
  emit heapChanged();
}

void SessionStore::setHeapProblem(const TimeChoice& time, const QString& problem) {
  if (time != m_heapTime || time.isNow()) return;
  m_heapWords.clear();
  m_heapProblem = problem;
  m_siteModel.setSites(nullptr);
  emit heapChanged();
}

}  // namespace heaptap::gui
