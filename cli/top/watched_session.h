// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "client/profile_source.h"

namespace heaptap::cli {

/// A session at one moment.
struct Look {
  client::Profile profile;
  std::optional<std::uint64_t> residentBytes;  ///< At that moment; none: it has ended, or unknown.
  std::chrono::steady_clock::time_point at;

  [[nodiscard]] bool isLive() const { return profile.summary->info().state() == v1::SESSION_LIVE; }
};

/// A session that is looked at again and again; what is asked for is what has changed.
/// Threads: one at a time.
class WatchedSession {
 public:
  /// `session`: as ProfileSource calls it. `isOnThisHost`: the collector's files can be opened here.
  WatchedSession(std::unique_ptr<client::ProfileSource> source, std::string session, bool isOnThisHost)
      : m_source(std::move(source)), m_session(std::move(session)), m_isOnThisHost(isOnThisHost) {}

  /// The session as it is now. A private collector ends with its last session: then the file has the end.
  /// Errors: of the source; isPassing where another look may succeed.
  [[nodiscard]] Result<Look> look(const std::stop_token& stop = {});

 private:
  [[nodiscard]] Result<client::Profile> profileNow(const std::stop_token& stop);
  [[nodiscard]] std::optional<client::Profile> profileOfFile(const std::stop_token& stop) const;
  [[nodiscard]] std::optional<std::uint64_t> residentNow(const std::stop_token& stop);

  std::unique_ptr<client::ProfileSource> m_source;
  std::string m_session;
  bool m_isOnThisHost;
  std::optional<client::Profile> m_last;
};

/// What `heaptap top` is given: a session file, a recorded process, or with `collector` a session of it.
/// Errors: those of openSession(), collectorOf() and liveSessionOf().
[[nodiscard]] Result<WatchedSession> openWatched(const std::string& target,
                                                 const std::optional<std::string>& collector);

}  // namespace heaptap::cli
