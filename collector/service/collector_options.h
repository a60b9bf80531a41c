// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collector/service/session_event.h"
#include "collector/service/storage_quota.h"
#include "rpc/keep_alive.h"
#include "rpc/server_security.h"

namespace heaptap::service {

/// Where sessions are stored.
struct SessionFiles {
  /// The file of the first image; later ones become STEM.NAME.PID.N.heaptap beside it.
  /// Empty: NAME.PID.heaptap in `directory`, or NAME.PID-2.heaptap, … when that is taken.
  std::filesystem::path firstImage = {};
  std::filesystem::path directory = ".";  ///< Used when `firstImage` is empty.
  bool force = false;                     ///< Existing files may be replaced.
  /// Units: bytes a file; the oldest events go first when it would grow beyond. 0: a quarter of the
  /// free space at the session's start.
  std::uint64_t maxFileBytes = 0;
  /// Of new sessions only the numbers are kept, no single events, whatever their relays send. But for relays
  /// that do not count themselves (before ingest::kCountingProtocol): those have nothing else to be stored.
  bool withoutEvents = false;
};

struct CollectorOptions {
  /// `unix:PATH` (made accessible to this user only) or `HOST:PORT` (port 0: any free one). None: only
  /// the in-process channel, for files opened from disk.
  std::vector<std::string> addresses;
  /// Who is let in at the addresses. Without: everyone, and nothing is encrypted.
  std::optional<rpc::ServerSecurity> security = {};
  SessionFiles files;
  /// Sessions stored earlier, which are served from the first moment on. One that was not finished, because
  /// its collector died or was stopped, goes on when its relay comes back. A file that cannot be read is
  /// reported as Failed, and left out.
  std::vector<std::filesystem::path> ownFiles;
  /// A session whose stream breaks ends at once, cut short, with everything stored; otherwise it stays
  /// open for the relay to come back. For the private collector of one command.
  bool endWithStream = false;
  /// How long a session stays open without its relay; then it is cut short. None: without limit.
  std::optional<std::chrono::milliseconds> relayTimeout;
  /// Of the sessions in `files.directory`: the ones that ended first are removed, at the start, whenever one
  /// has ended, and from time to time.
  StorageLimits limits = {};
  rpc::KeepAlive keepAlive;
  /// Called once for each event. Threads: any, and several at a time; it must return quickly and must
  /// not call the CollectorServer.
  std::function<void(const SessionEvent&)> onSessionEvent;
};

}  // namespace heaptap::service
