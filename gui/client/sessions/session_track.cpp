// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_track.h"

#include <utility>

#include "gui/client/asking/reply_reader.h"
#include "gui/client/readers/findings_reader.h"
#include "gui/client/readers/leak_reader.h"

namespace heaptap::gui {

void SessionTrack::judgeBy(Rules rules) {
  const std::lock_guard lock(m_rulesMutex);
  m_rules = std::move(rules);
}

SessionTrack::Rules SessionTrack::rules() {
  const std::lock_guard lock(m_rulesMutex);
  return m_rules;
}

Result<client::Refreshed> SessionTrack::refreshed(client::ProfileSource& source,
                                                  const std::stop_token& stop) {
  if (m_profile) return source.refresh(*m_profile, stop);
  return source.profile(m_session, {}, stop).map([](client::Profile profile) {
    return client::Refreshed{.profile = std::move(profile), .changes = {}};
  });
}

Result<Picture> SessionTrack::next(client::ProfileSource& source, const std::stop_token& stop) {
  const std::lock_guard lock(m_mutex);
  bool isChanged = !m_sites;
  while (true) {
    // Findings first: a profile that is asked for afterwards has their stacks.
    Reports reports;
    const bool asksForFindings = m_hasFindings;
    if (asksForFindings) {
      auto found = source.findings(m_session, stop);
      if (!found) return tl::unexpected(std::move(found.error()));
      reports = std::move(*found);
    }
    auto answer = refreshed(source, stop);
    if (!answer) return tl::unexpected(std::move(answer.error()));
    m_profile = std::move(answer->profile);
    isChanged = isChanged || !answer->changes.none();
    m_hasFindings = m_profile->summary->findings() != 0;
    if (m_hasFindings && !asksForFindings) continue;
    if (stop.stop_requested()) return failure(Code::Unavailable, m_session, "the question was withdrawn");
    const bool hasEnded = m_profile->summary->info().state() != v1::SESSION_LIVE;
    if (isChanged || (hasEnded && !m_leaks)) {
      m_sites = m_series.next(*m_profile);
      m_leaks = readLeaks(*m_series.newestTable(), *rules(), m_texts);
    }
    return pictureOf(reports);
  }
}

Leaks SessionTrack::leaks() {
  const std::lock_guard lock(m_mutex);
  if (m_leaks) m_leaks = readLeaks(*m_series.newestTable(), *rules(), m_texts);
  return m_leaks;
}

Result<Leaks> SessionTrack::leaksWithHistories(client::ProfileSource& source, const std::stop_token& stop) {
  const std::lock_guard lock(m_mutex);
  if (!m_leaks) return nullptr;
  return readLeaksWithHistories(*m_series.newestTable(), *rules(), m_texts, source, m_session, stop)
      .map([&](Leaks leaks) {
        m_leaks = leaks;
        return leaks;
      });
}

Result<Picture> SessionTrack::pictureOf(const Reports& reports) {
  return readFindings(reports, *m_profile, m_texts).map([&](Findings findings) {
    return Picture{readSummary(*m_profile->summary), m_sites, std::move(findings), m_leaks};
  });
}

}  // namespace heaptap::gui
