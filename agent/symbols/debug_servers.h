// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "base/unique_fd.h"

namespace heaptap::symbols {

/// Asks the servers that DEBUGINFOD_URLS names (debuginfod(8)) for files by build id, by libdebuginfod, which
/// keeps what it got in the user's cache. Never for ever: a server that says nothing for a while is left, and
/// after two of those nobody is asked any more.
/// Threads: any; they ask one after the other.
class DebugServers {
 public:
  struct Patience {
    std::chrono::seconds silence{10};  ///< Without a further byte.
    std::chrono::seconds each{300};    ///< For one file.
    unsigned failures = 2;             ///< So many may take too long, one after the other.

    /// As DEBUGINFOD_TIMEOUT and DEBUGINFOD_MAXTIME say, where they are set.
    [[nodiscard]] static Patience fromEnvironment();
  };
  explicit DebugServers(Patience patience = Patience::fromEnvironment()) : m_patience(patience) {}

  /// Returns true when there is somebody to ask: libdebuginfod is installed, and DEBUGINFOD_URLS is set.
  [[nodiscard]] static bool areKnown();

  /// `buildId`: raw bytes. Returns: what a server sent, which is not checked; no descriptor: none has it.
  [[nodiscard]] UniqueFd debugInformation(const std::string& buildId);
  [[nodiscard]] UniqueFd executable(const std::string& buildId);

  /// Returns true when a server took too long, so that some names may be missing.
  [[nodiscard]] bool hasBeenLeft();

 private:
  enum class What { DebugInformation, Executable };
  UniqueFd ask(What what, const std::string& buildId);

  const Patience m_patience;
  std::mutex m_mutex;
  unsigned m_failures = 0;  ///< In a row.
  bool m_hasBeenLeft = false;
};

}  // namespace heaptap::symbols
