// SPDX-License-Identifier: Apache-2.0
#include "sql/session_context.h"

#include <sqlite3.h>

#include <filesystem>
#include <utility>

#include "client/frame_names.h"
#include "collector/model/copied_session.h"
#include "collector/query/findings.h"
#include "collector/query/summary.h"
#include "collector/store/reserve_file.h"

namespace heaptap::sql {
namespace {

query::SharedView viewOfStored(store::StoredSession stored, const std::filesystem::path& file) {
  const model::SessionRecord& record = stored.builder.record();
  const store::StoredProgress& progress = stored.progress;
  const bool isWhole = progress.finished && record.ending.has_value();
  const bool goesOn = !progress.finished && !file.empty() && store::ReserveFile::isHeldFor(file);
  query::SessionView view = query::viewWithoutCounts(record,
                                                     {.state = query::stateOfStored(isWhole, goesOn),
                                                      .finished = progress.finished,
                                                      .file = file.string(),
                                                      .eventsNotStored = progress.eventsNotStored,
                                                      .storedEventBytes = progress.storedEventBytes,
                                                      .collectorCpuNs = progress.collectorCpuNs},
                                                     0);
  model::SessionCounters counters = stored.builder.takeCounters();
  view.counts = std::move(counters.counts);
  view.history.timeline = std::move(counters.timeline);
  view.history.lifetimes = counters.lifetimes;
  return std::make_shared<const query::SessionView>(std::move(view));
}

}  // namespace

DecodedSession::DecodedSession(query::SharedView view) : m_view(std::move(view)) {
  m_profile = {.definitions = m_view->definitions,
               .names = client::FrameNames::of(m_view->definitions),
               .counts = std::shared_ptr<const model::Counts>(m_view, &m_view->counts),
               .summary = std::make_shared<const v1::Summary>(query::summaryOf(overview()))};
}

const query::Overview& DecodedSession::overview() const {
  if (!m_overview) m_overview = query::overviewOf(*m_view);
  return *m_overview;
}

const client::SiteTable& DecodedSession::sites() const {
  if (!m_sites) m_sites.emplace(m_profile);
  return *m_sites;
}

const std::vector<std::uint32_t>& DecodedSession::siteOfPair() const {
  if (!m_siteOfPair.empty()) return m_siteOfPair;
  m_siteOfPair.resize(definitions().pairs.size());
  for (std::uint32_t site = 0; site < sites().size(); ++site)
    for (const model::PairId pair : sites().pairs(site)) m_siteOfPair[model::index(pair)] = site;
  return m_siteOfPair;
}

const std::vector<std::uint64_t>& DecodedSession::sizes() const {
  if (!m_sizes.empty()) return m_sizes;
  m_sizes.reserve(definitions().pairs.size());
  for (const model::Pair& pair : definitions().pairs) m_sizes.push_back(pair.size);
  return m_sizes;
}

Result<void> DecodedSession::checkEvents() const {
  const model::Identity& identity = m_view->identity;
  if (identity.withoutEvents)
    return failure(Code::NotFound, "", "the session was recorded without events (--no-events)",
                   "the tables sites, pairs, timeline and marks have its numbers");
  if (model::isImported(identity.agentVersion))
    return failure(Code::NotFound, "", "the session was imported, and has no events",
                   "the tables sites and pairs have its numbers");
  return {};
}

const std::vector<v1::FindingReport>& DecodedSession::findings() const {
  if (!m_findings) m_findings = query::findingReports(*m_view);
  return *m_findings;
}

const std::vector<std::string_view>& DecodedSession::threadNames() const {
  if (!m_threadNames) m_threadNames = definitions().threadNames();
  return *m_threadNames;
}

const std::vector<model::NamesMissing>& DecodedSession::namesMissing() const {
  if (!m_namesMissing) m_namesMissing = definitions().namesMissing();
  return *m_namesMissing;
}

Result<SharedSession> SessionContext::session() {
  std::uint32_t version = 0;
  sqlite3_file_control(m_database.handle(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
  if (m_session && version == m_version) return m_session;
  return reader()
      .and_then([](store::SessionReader reader) { return reader.load(store::SessionReader::Use::Look); })
      .map([&](store::StoredSession stored) {
        m_session =
            std::make_shared<const DecodedSession>(viewOfStored(std::move(stored), m_database.file()));
        m_version = version;
        return m_session;
      });
}

Result<store::SessionReader> SessionContext::reader() const {
  return store::SessionReader::within(store::Database::borrow(m_database.handle()));
}

Result<void> SessionContext::checkMemory(std::size_t bytes) const {
  const sqlite3_int64 limit = sqlite3_hard_heap_limit64(-1);
  if (limit <= 0 || bytes <= static_cast<std::size_t>(limit)) return {};
  return failure(Code::StorageFull, "", "out of memory");
}

}  // namespace heaptap::sql
