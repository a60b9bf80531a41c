// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/control_channel.h"
#include "base/error.h"
#include "cli/run/installation.h"
#include "cli/run/private_folder.h"
#include "cli/search_options.h"

namespace heaptap::cli {

/// How one run is recorded.
struct RecordingOptions {
  std::optional<std::string>
      collector;                 ///< A collector that runs already; otherwise a private one is started.
  std::filesystem::path output;  ///< The first image's file; empty: NAME.PID.heaptap in the current folder.
  bool force = false;
  std::uint64_t maxFileBytes = 0;  ///< 0: the collector's own default.
  bool withoutEvents = false;      ///< Numbers are recorded, single events are not.
  std::optional<unsigned> maxStallMs;
  bool exact = false;
  bool freeStacks = false;
  bool mappings = false;
  std::uint64_t sampleInterval = 0;       ///< Bytes between samples on average; 0: every allocation.
  double delaySeconds = 0;                ///< Paused for so long first.
  std::optional<double> durationSeconds;  ///< Recorded for so long; none: to the end.
  SearchOptions search = {};
  bool noChildren = false;        ///< Record the first program image only.
  std::vector<std::string> only;  ///< Record only programs of these names; empty: all.
  std::filesystem::path recover;  ///< Not a run: a buffer file that a program has left (HEAPTAP_BUFFER) …
  std::filesystem::path root;     ///< … and the folder that was `/` to that program; empty: `/`.
};

/// A session as `run` hears of it.
struct RecordedSession {
  std::string id;
  pid_t pid = 0;               ///< 0: the relay has not said.
  std::filesystem::path file;  ///< Empty until the private collector says; always, with another collector.
  bool ended = false;          ///< Everything that will ever be stored is stored.
  std::string trouble;         ///< Why something of it is missing; one line.
  std::optional<std::uint64_t> allocations = {};  ///< Of an ended one, as the private collector says.
};

/// A program of the run of which nothing is recorded.
struct UnrecordedProgram {
  pid_t pid = 0;           ///< Of the first process of its kind.
  bool became = false;     ///< It took over a recorded process; otherwise a child's.
  bool wasUnable = false;  ///< It wanted to be recorded, and was kept from it.
  std::string program;     ///< Empty: unknown.
  std::string why;         ///< Half a sentence.
  std::uint64_t times = 1;
};

/// The processes that record one run, seen from `heaptap run`: the private collector and the relay.
/// Both outlive `run` until their last session has ended.
/// Owns:    the ends of two control channels, and the folder of the sockets.
/// Threads: one. Starts no thread and creates no gRPC object.
class Recording {
 public:
  /// Starts both and waits until both are ready.
  /// Errors: those that they report (AlreadyExists, NotWritable, …); Unavailable when one dies.
  [[nodiscard]] static Result<Recording> start(const Installation& parts, const RecordingOptions& options);

  [[nodiscard]] std::filesystem::path relaySocket() const { return m_folder.path() / "relay.sock"; }
  [[nodiscard]] const std::string& collectorAddress() const { return m_collectorAddress; }

  /// What to wait for with poll(); then call exchange().
  [[nodiscard]] std::array<pollfd, 2> waits() const;
  void exchange();

  /// COMMAND has ended: tells the relay how, and both that nothing new will be started.
  void commandEnded(pid_t command, int waitStatus);

  /// There is no COMMAND, and what is to be recorded is there already.
  void nothingFollows() { m_ending = true; }
  /// Whether both have ended.
  [[nodiscard]] bool isOver() const {
    return m_relay.channel.closed() && (!m_private || m_collector.channel.closed());
  }

  /// After commandEnded(): whether all that COMMAND left is stored. Descendants that run on are not
  /// waited for.
  [[nodiscard]] bool settled(pid_t command) const;

  [[nodiscard]] const std::vector<RecordedSession>& sessions() const { return m_sessions; }
  /// A session of which nothing is kept.
  void forget(const std::string& id);
  [[nodiscard]] const std::vector<UnrecordedProgram>& unrecorded() const { return m_unrecorded; }
  /// Names of programs that were started and not recorded, as RecordingOptions::only does not name them.
  [[nodiscard]] const std::vector<std::string>& passedOver() const { return m_passedOver; }
  /// Lines about what went wrong with the recording as a whole.
  [[nodiscard]] const std::vector<std::string>& troubles() const { return m_troubles; }

  /// After commandEnded(): whether both companions are about to end, as nothing is left to record. Their
  /// parent must wait for them then: not every process 1 takes over what ends after its parent.
  [[nodiscard]] bool companionsEnd() const;

  /// There will be no COMMAND: ends both.
  void abandon();

  /// Leaves both alone; they go on, and end by themselves.
  void leave();

 private:
  explicit Recording(PrivateFolder folder) : m_folder(std::move(folder)) {}

  Result<void> startCollector(const Installation& parts, const RecordingOptions& options);
  Result<void> startRelay(const Installation& parts, const RecordingOptions& options);
  Result<void> waitUntilReady();
  RecordedSession& session(const std::string& id);
  void hearCollector(ControlPacket packet);
  void hearRelay(ControlPacket packet);
  void hearUnrecorded(ControlPacket packet);
  void noticeDeaths();
  [[nodiscard]] std::string keptWords() const;
  void tidyFiles();
  void endRelay();

  /// A process of heaptap's own at the other end of a channel.
  struct Companion {
    pid_t pid = -1;
    ControlChannel channel;
    bool ready = false;
    bool missed = false;  ///< Its end has been dealt with.
    std::optional<Error> error;
  };

  PrivateFolder m_folder;
  bool m_private = false;
  bool m_ending = false;
  std::string m_collectorAddress;
  Companion m_collector;
  Companion m_relay;
  std::vector<RecordedSession> m_sessions;
  std::vector<UnrecordedProgram> m_unrecorded;
  std::vector<std::string> m_passedOver;  ///< Each once.
  std::vector<std::string> m_troubles;
};

}  // namespace heaptap::cli
