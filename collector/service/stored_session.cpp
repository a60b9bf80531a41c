// SPDX-License-Identifier: Apache-2.0
#include "collector/service/stored_session.h"

#include <algorithm>
#include <utility>

#include "collector/query/summary.h"
#include "collector/store/reserve_file.h"

namespace heaptap::service {

query::Custody custodyOf(const std::filesystem::path& file, const store::StoredProgress& progress,
                         bool saidGoodbye) {
  return {.state = progress.finished && saidGoodbye ? query::State::Complete : query::State::CutShort,
          .finished = progress.finished,
          .goesOn = !progress.finished && store::ReserveFile::isHeldFor(file),
          .file = file.string(),
          .eventsNotStored = progress.eventsNotStored,
          .storedEventBytes = progress.storedEventBytes,
          .storeFailed = std::nullopt,
          .collectorCpuNs = progress.collectorCpuNs};
}

StoredSession::StoredSession(std::filesystem::path file, store::StoredHeader header)
    : m_file(std::move(file)), m_header(std::move(header)) {}

Result<std::shared_ptr<StoredSession>> StoredSession::open(const std::filesystem::path& file) {
  return store::SessionReader::open(file)
      .and_then([](store::SessionReader reader) { return reader.header(); })
      .map([&](store::StoredHeader header) {
        return std::shared_ptr<StoredSession>(new StoredSession(file, std::move(header)));
      });
}

v1::SessionInfo StoredSession::info() {
  const std::uint64_t ended = m_header.ending ? m_header.ending->endedNs : 0;
  return query::infoOf(m_header.identity, custodyOf(m_file, m_header.progress, m_header.ending.has_value()),
                       std::max(m_header.lastEventNs, ended));
}

Result<query::SharedView> StoredSession::view() {
  const std::lock_guard lock(m_mutex);  // While one reads the file, others wait for the same view.
  if (auto view = m_view.lock()) return view;
  return store::SessionReader::open(m_file)
      .and_then([](store::SessionReader reader) { return reader.load(store::SessionReader::Use::Look); })
      .map([&](store::StoredSession stored) {
        const model::SessionRecord& record = stored.builder.record();
        const query::Custody custody = custodyOf(m_file, stored.progress, record.ending.has_value());
        query::SessionView loaded = query::viewWithoutCounts(record, custody, openingNumber());
        model::SessionCounters counters = stored.builder.takeCounters();
        loaded.counts = std::move(counters.counts);
        loaded.history.timeline = std::move(counters.timeline);
        loaded.history.lifetimes = counters.lifetimes;
        query::SharedView view = std::make_shared<const query::SessionView>(std::move(loaded));
        m_view = view;
        return view;
      });
}

}  // namespace heaptap::service
