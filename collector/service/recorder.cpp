// SPDX-License-Identifier: Apache-2.0
#include "collector/service/recorder.h"

#include <algorithm>
#include <utility>

#include "collector/ingest/hello_reader.h"
#include "collector/ingest/limits.h"
#include "collector/service/free_descriptors.h"
#include "collector/store/catalogue/catalogue.h"

namespace heaptap::service {

Recorder::Recorder(const CollectorOptions& options, SessionRegistry& registry)
    : m_options(options),
      m_writing{.force = options.files.force, .maxFileBytes = options.files.maxFileBytes},
      m_registry(registry),
      m_names(options.files) {
  if (options.relayTimeout) m_absence.emplace([this] { return endOverdue(); });
}

void Recorder::takeOverAll() {
  {
    const std::lock_guard admission(m_admission);
    auto catalogue = m_options.ownFiles.empty() ? Result<store::Catalogue>(failure(Code::NotFound, "", ""))
                                                : store::Catalogue::open(m_options.files.directory);
    for (const auto& file : m_options.ownFiles) {
      auto header = catalogue ? catalogue->header(file)
                              : store::SessionReader::open(file).and_then(
                                    [](store::SessionReader reader) { return reader.header(); });
      // One damaged file must not keep the others from being served.
      if (auto taken = takeOver(file, std::move(header)); !taken) tellFailure(taken.error(), {}, 0);
    }
    if (catalogue) catalogue->keep();
  }
  if (!m_options.limits.areNone()) m_quota.emplace([this] { return removeOverdue(); });
}

/// Errors: of the file; AlreadyExists: another collector is writing it.
Result<void> Recorder::takeOver(const std::filesystem::path& file, Result<store::StoredHeader> read) {
  if (!read) return tl::unexpected(read.error());
  const auto stored = StoredSession::of(file, std::move(*read));
  const store::StoredHeader& header = stored->header();
  if (header.identity.image == 0) m_names.stored(header.identity, file);
  m_registry.put(stored);
  if (header.progress.finished) return {};
  return resume(file).map([&](const std::shared_ptr<LiveSession>& session) {
    begin(session);
    left(session);
  });
}

Result<Recorder::Admission> Recorder::admit(const v1::Hello& hello) {
  const auto identity = ingest::readHello(hello);
  if (!identity) {
    tellFailure(identity.error(), {}, hello.image());
    return tl::unexpected(identity.error());
  }
  const std::lock_guard admission(m_admission);
  if (const auto known = m_registry.exact(identity->id)) return admitKnown(known);
  if (auto room = checkRoom(); !room) return tl::unexpected(room.error());
  auto session = open(hello, *identity);
  if (!session) {
    if (!session.error().isPassing) tellFailure(session.error(), identity->id, identity->image);
    return tl::unexpected(session.error());
  }
  return Admission{.live = std::move(*session)};
}

Result<Recorder::Admission> Recorder::admitKnown(const std::shared_ptr<Session>& session) {
  if (auto live = std::dynamic_pointer_cast<LiveSession>(session)) {
    tell(SessionEvent::Kind::Resumed, *live);
    return Admission{.live = std::move(live)};
  }
  const auto stored = std::dynamic_pointer_cast<StoredSession>(session);
  if (!stored->header().ending || !stored->header().progress.finished) {
    // It was cut short, or never finished, but the relay lives: nothing need be lost.
    if (auto room = checkRoom(); !room) return tl::unexpected(room.error());
    auto live = resume(stored->file());
    if (!live) {
      if (!live.error().isPassing) tellFailure(live.error(), session->id(), stored->header().identity.image);
      return tl::unexpected(live.error());
    }
    tell(SessionEvent::Kind::Resumed, **live);
    begin(*live);
    return Admission{.live = std::move(*live)};
  }
  return Admission{.live = nullptr, .lastStored = stored->header().progress.lastSequence};
}

Result<void> Recorder::checkRoom() {
  // One at a time is better than none.
  const std::size_t needed = liveSessions() == 0 ? kDescriptorsOfSession : kFreeForSession;
  if (freeDescriptors() >= needed) return {};
  Error error{.code = Code::Unavailable,
              .where = {},
              .what = "file descriptors are short: sessions wait until others end",
              .remedy = "for more at once, raise the collector's hard limit (ulimit -Hn)",
              .isPassing = true};
  if (!std::exchange(m_isCrowdTold, true) && m_options.onSessionEvent)
    m_options.onSessionEvent(
        {.kind = SessionEvent::Kind::Crowded, .session = {}, .file = {}, .error = error});
  return tl::unexpected(std::move(error));
}

Result<std::shared_ptr<LiveSession>> Recorder::open(const v1::Hello& hello, const model::Identity& identity) {
  std::filesystem::path file = m_names.nameFor(identity);
  auto session = openAt(file, hello, identity);
  while (!session && session.error().code == Code::AlreadyExists) {
    file = m_names.alternative(file);
    if (file.empty()) break;
    session = openAt(file, hello, identity);
  }
  if (!session) return session;
  m_names.stored(identity, file);
  begin(*session);
  return session;
}

Result<std::shared_ptr<LiveSession>> Recorder::resume(const std::filesystem::path& file) {
  return LiveSession::resume(file, m_writing);
}

void Recorder::begin(const std::shared_ptr<LiveSession>& session) {
  session->onReduced([this, reduced = session.get()](const std::optional<Error>& why) {
    tell(why ? SessionEvent::Kind::Reduced : SessionEvent::Kind::Restored, *reduced, why);
  });
  m_registry.put(session);
  const std::lock_guard lock(m_mutex);
  m_live.insert_or_assign(session->id(), session);
}

Result<std::shared_ptr<LiveSession>> Recorder::openAt(const std::filesystem::path& file,
                                                      const v1::Hello& hello,
                                                      const model::Identity& identity) {
  // Not even by force does one session replace another that is being recorded.
  for (const auto& other : live()) {
    if (other->file() == file)
      return failure(Code::AlreadyExists, file.string(), "another session is recorded there");
  }
  // A collector before this one may have left the file unfinished.
  if (const auto stored = StoredSession::open(file)) {
    const store::StoredHeader& header = (*stored)->header();
    if (header.identity.id == identity.id && !header.progress.finished) {
      return resume(file).map([&](std::shared_ptr<LiveSession> session) {
        tell(SessionEvent::Kind::Resumed, *session);
        return session;
      });
    }
  }
  v1::Hello kept = hello;
  if (m_options.files.withoutEvents && hello.protocol() >= ingest::kCountingProtocol)
    kept.set_without_events(true);
  return LiveSession::create(kept, file, m_writing).map([&](std::shared_ptr<LiveSession> session) {
    tell(SessionEvent::Kind::Opened, *session);
    return session;
  });
}

void Recorder::left(const std::shared_ptr<LiveSession>& session) {
  tell(SessionEvent::Kind::Waiting, *session);
  if (m_absence) m_absence->wake();
}

std::optional<AbsenceWatch::Clock::time_point> Recorder::endOverdue() {
  std::optional<AbsenceWatch::Clock::time_point> next;
  for (const auto& session : live()) {
    const auto left = session->leftAt();
    if (!left) continue;
    const auto due = *left + *m_options.relayTimeout;
    if (due > AbsenceWatch::Clock::now()) {
      next = std::min(next.value_or(due), due);
      continue;
    }
    (void)end(session);
    session->attach(nullptr);  // A relay that has come at the last moment says hello again.
  }
  return next;
}

std::optional<AbsenceWatch::Clock::time_point> Recorder::removeOverdue() {
  // Others may write into the folder, too.
  constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(1);
  std::chrono::milliseconds next = kLongest;
  const auto look =
      lookForOverdue(m_options.files.directory, m_options.limits, std::chrono::system_clock::now());
  if (look) {
    for (const OverdueFile& each : look->overdue) remove(each);
    if (look->nextIn) next = std::min(next, *look->nextIn);
  } else {
    tellFailure(look.error(), {}, 0);
  }
  return AbsenceWatch::Clock::now() + next;
}

void Recorder::remove(const OverdueFile& overdue) {
  // A relay may say hello to go on with it.
  const std::lock_guard admission(m_admission);
  for (const auto& session : live())
    if (session->file() == overdue.file) return;
  if (auto removed = removeSession(overdue.file); !removed) {
    if (removed.error().code != Code::Unavailable) tellFailure(removed.error(), {}, 0);
    return;
  }
  m_registry.removeStored(overdue.file);
  if (m_options.onSessionEvent)
    m_options.onSessionEvent({.kind = SessionEvent::Kind::Removed,
                              .session = {},
                              .file = overdue.file,
                              .why = overdue.why,
                              .error = std::nullopt});
}

Result<void> Recorder::end(const std::shared_ptr<LiveSession>& session) {
  auto finished = session->finish();
  // Its relay may be back already: it must find the session either live or stored.
  const std::lock_guard admission(m_admission);
  {
    const std::lock_guard lock(m_mutex);
    const auto known = m_live.find(session->id());
    if (known == m_live.end() || known->second != session)
      return finished;  // Ended and reported by another thread.
  }
  if (finished) {
    // The memory is freed; questions are answered from the file.
    if (auto stored = StoredSession::open(session->file())) m_registry.put(std::move(*stored));
    tell(SessionEvent::Kind::Closed, *session);
  } else {
    tellFailure(finished.error(), session->id(), session->image());
  }
  forget(session);
  if (m_quota) m_quota->wake();
  return finished;
}

void Recorder::fail(const std::shared_ptr<LiveSession>& session, const Error& error) {
  tellFailure(error, session->id(), session->image());
  (void)end(session);  // Tells about its own failure.
}

void Recorder::endAll() {
  for (const auto& session : live()) {
    (void)end(session);
    session->attach(nullptr);  // Cancels the stream.
  }
}

void Recorder::suspendAll() {
  for (const auto& session : live()) {
    session->suspend();
    forget(session);
  }
}

std::size_t Recorder::liveSessions() const {
  const std::lock_guard lock(m_mutex);
  return m_live.size();
}

bool Recorder::waitUntilIdle(std::optional<std::chrono::milliseconds> timeout) {
  std::unique_lock lock(m_mutex);
  const auto idle = [this] { return m_live.empty(); };
  if (timeout) return m_idle.wait_for(lock, *timeout, idle);
  m_idle.wait(lock, idle);
  return true;
}

std::vector<std::shared_ptr<LiveSession>> Recorder::live() const {
  const std::lock_guard lock(m_mutex);
  std::vector<std::shared_ptr<LiveSession>> sessions;
  for (const auto& [id, session] : m_live) sessions.push_back(session);
  return sessions;
}

void Recorder::forget(const std::shared_ptr<LiveSession>& session) {
  const std::lock_guard lock(m_mutex);
  const auto known = m_live.find(session->id());
  if (known != m_live.end() && known->second == session) m_live.erase(known);
  m_idle.notify_all();
}

void Recorder::tell(SessionEvent::Kind kind, const LiveSession& session, std::optional<Error> error) const {
  if (!m_options.onSessionEvent) return;
  m_options.onSessionEvent({.kind = kind,
                            .session = session.id().hex(),
                            .file = session.file(),
                            .image = session.image(),
                            .complete = session.isComplete(),
                            .eventsNotStored = session.eventsNotStored(),
                            .allocations = kind == SessionEvent::Kind::Closed ? session.allocations() : 0,
                            .error = std::move(error)});
}

void Recorder::tellFailure(const Error& error, const model::SessionId& id, unsigned image) const {
  if (!m_options.onSessionEvent) return;
  m_options.onSessionEvent({.kind = SessionEvent::Kind::Failed,
                            .session = id.isNone() ? std::string{} : id.hex(),
                            .file = error.where,
                            .image = image,
                            .complete = false,
                            .eventsNotStored = 0,
                            .allocations = 0,
                            .error = error});
}

}  // namespace heaptap::service
