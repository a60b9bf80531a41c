// SPDX-License-Identifier: Apache-2.0
#include "collector/service/recorder.h"

#include <utility>

#include "collector/ingest/hello_reader.h"

namespace heaptap::service {

Recorder::Recorder(const CollectorOptions& options, SessionRegistry& registry)
    : m_options(options),
      m_writing{.force = options.files.force, .maxFileBytes = options.files.maxFileBytes},
      m_registry(registry),
      m_names(options.files) {}

Result<Recorder::Admission> Recorder::admit(const v1::Hello& hello) {
  const auto identity = ingest::readHello(hello);
  if (!identity) {
    tellFailure(identity.error(), {}, hello.image());
    return tl::unexpected(identity.error());
  }
  const std::lock_guard admission(m_admission);
  if (const auto known = m_registry.exact(identity->id)) return admitKnown(known);
  auto session = open(hello, *identity);
  if (!session) {
    tellFailure(session.error(), identity->id, identity->image);
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
  return Admission{.live = nullptr, .lastStored = stored->header().progress.lastSequence};
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
  m_registry.put(*session);
  const std::lock_guard lock(m_mutex);
  m_live.emplace(identity.id, *session);
  return session;
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
      return LiveSession::resume(file, m_writing).map([&](std::shared_ptr<LiveSession> session) {
        tell(SessionEvent::Kind::Resumed, *session);
        return session;
      });
    }
  }
  return LiveSession::create(hello, file, m_writing).map([&](std::shared_ptr<LiveSession> session) {
    tell(SessionEvent::Kind::Opened, *session);
    return session;
  });
}

Result<void> Recorder::end(const std::shared_ptr<LiveSession>& session) {
  auto finished = session->finish();
  {
    const std::lock_guard lock(m_mutex);
    if (!m_live.contains(session->id())) return finished;  // Another thread ended it, and told.
  }
  if (finished) {
    // The memory is freed; questions are answered from the file.
    if (auto stored = StoredSession::open(session->file())) m_registry.put(std::move(*stored));
    tell(SessionEvent::Kind::Closed, *session);
  } else {
    tellFailure(finished.error(), session->id(), session->image());
  }
  forget(session);
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
  m_live.erase(session->id());
  m_idle.notify_all();
}

void Recorder::tell(SessionEvent::Kind kind, const LiveSession& session) const {
  if (!m_options.onSessionEvent) return;
  m_options.onSessionEvent({.kind = kind,
                            .session = session.id().hex(),
                            .file = session.file(),
                            .image = session.image(),
                            .complete = session.isComplete(),
                            .error = std::nullopt});
}

void Recorder::tellFailure(const Error& error, const model::SessionId& id, unsigned image) const {
  if (!m_options.onSessionEvent) return;
  m_options.onSessionEvent({.kind = SessionEvent::Kind::Failed,
                            .session = id.isNone() ? std::string{} : id.hex(),
                            .file = error.where,
                            .image = image,
                            .complete = false,
                            .error = error});
}

}  // namespace heaptap::service
