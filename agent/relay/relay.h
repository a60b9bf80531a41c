// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/handshake_server.h"
#include "agent/relay/hello_writer.h"
#include "agent/relay/process_tree.h"
#include "agent/relay/run_channel.h"
#include "agent/relay/shared_memory.h"
#include "base/error.h"

namespace heaptap::relay {

/// The relay process: admits program images, follows their lives, and leaves when there is nothing to do.
/// Threads: one; each tree of processes has its own.
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
  /// A process to be told of when it ends.
  struct Watched {
    ProcessTree* tree = nullptr;
    std::uint32_t index = 0;  ///< In the tree.
    UniqueFd handle;          ///< pidfd; none once the process has ended.
  };

  Relay(const Options& options, HandshakeServer server, std::optional<RunChannel> channel,
        std::unique_ptr<SharedMemory> spare, UniqueFd signals, UniqueFd wake);
  void waitForNews();
  void serviceChannel();
  void serviceNewcomers();
  void serviceTrees();
  void serviceProcesses();
  void serviceSignals();
  void reapTrees();
  Result<void> admit(Newcomer newcomer);
  void meet(ProcessTree& tree);
  [[nodiscard]] std::string parentOf(const TargetProcess& process) const;
  void stopAll();
  void say(const std::string& text) const;

  const Options m_options;
  HandshakeServer m_server;
  std::optional<RunChannel> m_channel;
  std::unique_ptr<SharedMemory> m_spare;
  UniqueFd m_signals;  ///< signalfd.
  UniqueFd m_wake;     ///< eventfd: a tree has news.
  HelloWriter m_hellos;
  std::vector<std::unique_ptr<ProcessTree>> m_trees;
  std::vector<Watched> m_watched;
  std::map<pid_t, std::string> m_sessionOf;  ///< The latest session of each process, ended ones included.
  bool m_finishing = false;                  ///< Leave when no tree is left.
  bool m_stopping = false;                   ///< Admit nobody.
  bool m_lost = false;
};

}  // namespace heaptap::relay
