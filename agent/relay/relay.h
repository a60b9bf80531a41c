// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/admission/handshake_server.h"
#include "agent/relay/admission/run_channel.h"
#include "agent/relay/base/schedule.h"
#include "agent/relay/encode/hello_writer.h"
#include "agent/relay/process/executions.h"
#include "agent/relay/process/process_tree.h"
#include "agent/relay/target/shared_memory.h"
#include "base/error.h"

namespace heaptap::relay {

/// The relay process: admits program images, follows their lives, and leaves when there is nothing to do.
/// Threads: one; each tree of processes has its own.
class Relay {
 public:
  struct Options {
    SharedMemory::Options memory;
    Uplink::Options uplink;
    /// Without a `run` that says when to finish: how long to stay when no program is recorded. None: always.
    std::optional<std::chrono::seconds> linger;
    /// After the first program has come: how long it is paused, and then recorded. None: to its end.
    std::chrono::milliseconds delay{0};
    std::optional<std::chrono::milliseconds> duration;
    bool withoutEvents = false;     ///< Only numbers leave this process, no single events.
    std::vector<std::string> only;  ///< Names of the programs to record; empty: all.
    symbols::SearchPlaces places;   ///< Where debug information is.
    Matching matching;
  };
  /// Prepares the first memory, so that the first target need not wait for it. `channel` is taken when that
  /// succeeds; otherwise the caller can still tell why not.
  static Result<std::unique_ptr<Relay>> create(const Options& options, HandshakeServer server,
                                               std::optional<RunChannel>& channel);

  /// Runs until `run` says so, or until no program came for a while, and all is stored or lost; or until
  /// SIGTERM.
  /// Returns: whether everything was stored.
  bool run();

 private:
  /// A process whose end is waited for.
  struct Watched {
    ProcessTree* tree = nullptr;  ///< None once that is over.
    std::uint32_t index = 0;      ///< In the tree.
    pid_t pid = 0;
    UniqueFd handle;  ///< pidfd; none once the process has ended.
  };
  /// The latest session of a process that is there, from which others may descend; of one that was passed
  /// over, that of the nearest recorded process above it, if there is one.
  struct Ancestor {
    std::string sessionId;
    std::shared_ptr<HelloWriter> hellos;  ///< Of the tree of sessions that it belongs to.
  };

  Relay(const Options& options, HandshakeServer server, std::optional<RunChannel> channel,
        std::unique_ptr<SharedMemory> spare, UniqueFd signals, UniqueFd wake);
  void waitForNews();
  [[nodiscard]] int patience() const;
  void serviceChannel();
  void serviceHandshakes();
  void serviceTrees();
  void serviceProcesses();
  void serviceExecutions();
  void serviceSignals();
  void reapTrees();
  void leaveWhenIdle();
  void prepareSpare();
  Result<void> admit(Peer peer);
  void meet(ProcessTree& tree);
  [[nodiscard]] const Ancestor* parentOf(const TargetProcess& process) const;
  [[nodiscard]] bool mayRecord(const Ancestor* parent) const;
  [[nodiscard]] bool isWanted(const std::string& program) const;
  [[nodiscard]] bool isWanted(const TargetProcess& process) const;
  void noteRefusal(const Peer& peer);
  void judgeExecutions();
  void passOver(Peer peer, const TargetProcess& process, const Ancestor* parent);
  [[nodiscard]] Schedule scheduleFrom(std::chrono::steady_clock::time_point start) const;
  [[nodiscard]] Result<Uplink::Options> uplinkFor(const Peer& peer) const;
  void stopAll();
  void say(const std::string& text);

  const Options m_options;
  HandshakeServer m_server;
  std::optional<RunChannel> m_channel;
  std::unique_ptr<SharedMemory> m_spare;
  UniqueFd m_signals;                     ///< signalfd.
  UniqueFd m_wake;                        ///< eventfd: a tree has news.
  std::shared_ptr<HelloWriter> m_hellos;  ///< Of everything that `heaptap run` started; else none.
  std::shared_ptr<BinaryNames> m_binaries = std::make_shared<BinaryNames>(m_options.places);
  std::vector<std::unique_ptr<ProcessTree>> m_trees;
  std::vector<Watched> m_watched;
  std::map<pid_t, Ancestor> m_ancestors;
  Executions m_executions;
  std::optional<std::chrono::steady_clock::time_point> m_idleSince;
  bool m_admitted = false;   ///< There was a program to record.
  Schedule m_schedule;       ///< Since then.
  bool m_finishing = false;  ///< Leave when no tree is left.
  bool m_stopping = false;   ///< Admit no program.
  bool m_lost = false;
};

}  // namespace heaptap::relay
