// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "collector/service/absence_watch.h"
#include "collector/service/live_session.h"
#include "collector/service/session_files.h"
#include "collector/service/session_registry.h"
#include "collector/service/stored_session.h"

namespace heaptap::service {

/// Opens, resumes and ends the live sessions of a collector, and tells the host about them.
/// Threads: any.
class Recorder {
 public:
  Recorder(const CollectorOptions& options, SessionRegistry& registry);

  /// Serves the sessions of earlier collectors, and waits for the relays of those that were not finished.
  void takeOverAll();

  /// What a Hello leads to.
  struct Admission {
    std::shared_ptr<LiveSession> live;  ///< Null when the session has ended and is stored.
    std::uint64_t lastStored = 0;       ///< Then: the last message it holds.
  };
  /// A new session, or the one of that id: being recorded, in its file without a goodbye, or ended.
  /// Errors: of the hello, of the file.
  Result<Admission> admit(const v1::Hello& hello);

  /// The stream of a session broke; its relay may come back.
  void left(const std::shared_ptr<LiveSession>& session);
  /// Closes a session's file; from now on it is served from there.
  Result<void> end(const std::shared_ptr<LiveSession>& session);
  /// Tells the host that a session broke, and closes it.
  void fail(const std::shared_ptr<LiveSession>& session, const Error& error);

  void endAll();
  void suspendAll();

  std::size_t liveSessions() const;
  bool waitUntilIdle(std::optional<std::chrono::milliseconds> timeout);
  bool endsWithStream() const { return m_options.endWithStream; }

 private:
  Result<void> takeOver(const std::filesystem::path& file, Result<store::StoredHeader> header);
  Result<Admission> admitKnown(const std::shared_ptr<Session>& session);
  Result<std::shared_ptr<LiveSession>> resume(const std::filesystem::path& file);
  void begin(const std::shared_ptr<LiveSession>& session);
  std::optional<AbsenceWatch::Clock::time_point> endOverdue();
  std::optional<AbsenceWatch::Clock::time_point> removeOverdue();
  void remove(const OverdueFile& overdue);
  Result<std::shared_ptr<LiveSession>> open(const v1::Hello& hello, const model::Identity& identity);
  Result<std::shared_ptr<LiveSession>> openAt(const std::filesystem::path& file, const v1::Hello& hello,
                                              const model::Identity& identity);
  void tell(SessionEvent::Kind kind, const LiveSession& session,
            std::optional<Error> error = std::nullopt) const;
  /// Errors: Unavailable, and passing: not enough descriptors are free for one more session.
  Result<void> checkRoom();
  void tellFailure(const Error& error, const model::SessionId& id, unsigned image) const;
  std::vector<std::shared_ptr<LiveSession>> live() const;
  void forget(const std::shared_ptr<LiveSession>& session);

  const CollectorOptions m_options;
  const store::WriterOptions m_writing;
  SessionRegistry& m_registry;

  /// Held while a session comes or goes: one hello at a time, as two could be of the same session.
  std::mutex m_admission;
  SessionNames m_names;
  bool m_isCrowdTold = false;

  mutable std::mutex m_mutex;
  std::condition_variable m_idle;
  std::map<model::SessionId, std::shared_ptr<LiveSession>> m_live;
  // Last: their threads use all of the above.
  std::optional<AbsenceWatch> m_absence;
  std::optional<AbsenceWatch> m_quota;  ///< The same for stored sessions that are beyond the folder's limits.
};

}  // namespace heaptap::service
