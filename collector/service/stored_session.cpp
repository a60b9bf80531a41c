// SPDX-License-Identifier: Apache-2.0
#include "collector/service/stored_session.h"

#include <algorithm>
#include <utility>

#include "collector/query/summary.h"
#include "collector/store/reserve_file.h"

namespace heaptap::service {

query::Custody custodyOf(const std::filesystem::path& file, const store::StoredProgress& progress,
                         bool saidGoodbye) {
  const bool goesOn = !progress.finished && store::ReserveFile::isHeldFor(file);
  return {.state = query::stateOfStored(progress.finished && saidGoodbye, goesOn),
          .finished = progress.finished,
          .file = file.string(),
          .eventsNotStored = progress.eventsNotStored,
          .storedEventBytes = progress.storedEventBytes,
          .storeFailed = std::nullopt,
          .newerFormat = progress.newerFormat,
          .collectorCpuNs = progress.collectorCpuNs};
}

StoredSession::StoredSession(std::filesystem::path file, store::StoredHeader header)
    : m_file(std::move(file)), m_header(std::move(header)) {}

Result<std::shared_ptr<StoredSession>> StoredSession::open(const std::filesystem::path& file) {
  const auto read = [&] {
    return store::SessionReader::open(file).and_then(
        [](store::SessionReader reader) { return reader.header(); });
  };
  auto header = read();
  // A collector has begun to write it just then.
  if (!header && header.error().isPassing) header = read();
  return std::move(header).map([&](store::StoredHeader found) { return of(file, std::move(found)); });
}

v1::SessionInfo StoredSession::info() {
  const std::uint64_t ended = m_header.ending ? m_header.ending->endedNs : 0;
  v1::SessionInfo info =
      query::infoOf(m_header.identity, custodyOf(m_file, m_header.progress, m_header.ending.has_value()),
                    std::max(m_header.lastEventNs, ended));
  info.set_has_next_image(m_header.hasNextImage);
  return info;
}

Result<query::SharedView> StoredSession::view(const store::ReadControl& control) {
  std::unique_lock lock(m_mutex);
  if (!m_isRead.wait(lock, control.stop, [this] { return !m_isReading; }))
    return failure(Code::Unavailable, m_file.string(), "the reading was stopped");
  if (auto view = m_view.lock()) return view;
  m_isReading = true;
  lock.unlock();
  Result<query::SharedView> view = read(control);
  lock.lock();
  m_isReading = false;
  if (view) m_view = *view;
  lock.unlock();
  m_isRead.notify_all();
  return view;
}

Result<query::SharedView> StoredSession::read(const store::ReadControl& control) {
  return store::SessionReader::open(m_file)
      .and_then(
          [&](store::SessionReader reader) { return reader.load(store::SessionReader::Use::Look, control); })
      .map([&](store::StoredSession stored) {
        const model::SessionRecord& record = stored.builder.record();
        const query::Custody custody = custodyOf(m_file, stored.progress, record.ending.has_value());
        query::SessionView loaded = query::viewWithoutCounts(record, custody, openingNumber());
        model::SessionCounters counters = stored.builder.takeCounters();
        loaded.counts = std::move(counters.counts);
        loaded.history.timeline = std::move(counters.timeline);
        loaded.history.lifetimes = counters.lifetimes;
        return query::SharedView(std::make_shared<const query::SessionView>(std::move(loaded)));
      });
}

}  // namespace heaptap::service
