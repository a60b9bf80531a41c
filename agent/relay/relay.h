// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/handshake_server.h"
#include "agent/relay/run_channel.h"
#include "agent/relay/shared_memory.h"
#include "agent/relay/target.h"
#include "base/error.h"

namespace heaptap::relay {

/// The relay process: admits program images, follows their lives, and leaves when there is nothing to do.
/// Threads: one; each target has its own.
class Relay {
 public:
  struct Options {
    SharedMemory::Options memory;
    Uplink::Options uplink;
  };
  /// Prepares the first memory, so that the first target need not wait for it.
  static Result<std::unique_ptr<Relay>> create(const Options& options, HandshakeServer server,
                                               std::optional<RunChannel> channel);

  /// Runs until told to finish and everything is stored or lost, or until SIGTERM.
  /// Returns: whether everything was stored.
  bool run();

 private:
  struct Recorded {
    std::unique_ptr<Target> target;
    UniqueFd process;  ///< pidfd; none once the process has ended.
  };

  Relay(const Options& options, HandshakeServer server, std::optional<RunChannel> channel,
        std::unique_ptr<SharedMemory> spare, UniqueFd signals, UniqueFd wake);
  void waitForNews();
  void serviceChannel();
  void serviceNewcomers();
  void serviceProcesses();
  void serviceSignals();
  void reapTargets();
  Result<void> admit(Newcomer newcomer);
  v1::Hello helloFor(const TargetProcess& process);
  void stopAll();
  void say(const std::string& text) const;

  const Options m_options;
  HandshakeServer m_server;
  std::optional<RunChannel> m_channel;
  std::unique_ptr<SharedMemory> m_spare;
  UniqueFd m_signals;  ///< signalfd.
  UniqueFd m_wake;     ///< eventfd: a target is over.
  const std::string m_treeId;
  std::uint32_t m_nextImage = 0;
  std::vector<Recorded> m_targets;
  std::map<pid_t, std::string> m_sessionOf;  ///< The latest session of each process, ended ones included.
  bool m_finishing = false;                  ///< Leave when no target is left.
  bool m_stopping = false;                   ///< Admit nobody.
  bool m_lost = false;
};

}  // namespace heaptap::relay
