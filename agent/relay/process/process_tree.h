// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "agent/relay/base/schedule.h"
#include "agent/relay/drain/drain.h"
#include "agent/relay/memory/resident_watch.h"
#include "agent/relay/process/process_roster.h"
#include "agent/relay/process/seccomp_watch.h"
#include "agent/relay/target/session_clock.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// A program image and everything that forks from it: they share one memory, one thread drains it, and each
/// process has a session of its own. Lives until the last process has ended, also one that was not met
/// yet. Pausing acts on the whole tree, since it is a flag in the shared memory; stopping one session does
/// not. Threads: all functions from one; owns one.
class ProcessTree final {
 public:
  struct Setup {
    std::unique_ptr<SharedMemory> memory;  ///< Its clock was started.
    TargetProcess process;                 ///< The first one.
    UniqueFd handle;                       ///< Its pidfd.
    v1::Hello hello;                       ///< Its hello.
    bool statusWillCome = false;           ///< There will be a call of `exitStatus` for it.
    Uplink::Options uplink;
    std::shared_ptr<HelloWriter> hellos;    ///< For the others.
    std::shared_ptr<BinaryNames> binaries;  ///< The relay's.
    Schedule schedule;
    Matching matching = {};
    std::function<void()> onNews;  ///< From another thread: `takeMet`, `takeClosed` or `isOver` say more.
  };
  using Met = ProcessRoster::Met;
  using Closed = ProcessRoster::Closed;
  using Executed = ProcessRoster::Executed;

  explicit ProcessTree(Setup setup);
  ~ProcessTree();
  ProcessTree(const ProcessTree&) = delete;
  ProcessTree& operator=(const ProcessTree&) = delete;

  /// The process is gone.
  void processEnded(std::uint32_t index);
  /// Waits a moment for a process that has begun to write and was not yet met. `pid`: its own name for
  /// itself.
  void awaitMeeting(std::uint32_t pid);
  /// Another image that is recorded, too, has taken over the process `pid`, if it is one of these.
  void replaced(pid_t pid, std::uint32_t ownPid, std::uint32_t pidNamespace);
  /// What came of an execution that `takeExecuted` has returned.
  void judged(const std::string& sessionId, const std::optional<v1::UnrecordedProgram>& unrecorded) {
    m_roster.judged(sessionId, unrecorded);
  }
  /// See ProcessRoster.
  void expectVerdict(const std::string& sessionId) { m_roster.expectVerdict(sessionId); }
  /// The process `pid` ended with this wait status (waitpid(2)), if it is one of these.
  void exitStatus(pid_t pid, int waitStatus) { m_roster.exitStatus(pid, waitStatus); }
  /// Enough: all processes run on unrecorded.
  void stop();

  /// What numbers the sessions of this tree.
  [[nodiscard]] const std::shared_ptr<HelloWriter>& hellos() const { return m_hellos; }
  std::vector<Met> takeMet() { return m_roster.takeMet(); }
  std::vector<Closed> takeClosed() { return m_roster.takeClosed(); }
  std::vector<Executed> takeExecuted() { return m_roster.takeExecuted(); }
  /// Did the first process come to record? It may have been unable to map the memory.
  [[nodiscard]] bool attached() const {
    return m_memory->header().attached.load(std::memory_order_relaxed) != 0;
  }
  /// It ended before it could, or has said itself why it cannot: nothing more need be said of that.
  void isKnownNotToAttach() { m_knownNotToAttach = true; }
  [[nodiscard]] bool needsNoAttaching() const { return m_knownNotToAttach; }
  [[nodiscard]] pid_t firstPid() const { return m_firstPid; }
  /// Children for which the shared memory had no slot any more.
  [[nodiscard]] std::uint32_t unrecordedChildren() const;
  /// Returns true when every session is closed and taken, and none will follow.
  [[nodiscard]] bool isOver() const;

 private:
  using Member = ProcessRoster::Member;

  void run();
  void drainUntilOver();
  bool noteEnds();
  void flushOldBatches();
  void advanceNames(bool busy);
  void settle();
  void close(Member& member);
  void wake();
  void obey(std::uint32_t index, const v1::ControlCommand& command);
  void findModules();
  void answerQuestions();
  void recordMarks();
  void recordResident(const Member& member);
  void keepSchedule();

  std::unique_ptr<SharedMemory> m_memory;
  const std::shared_ptr<HelloWriter> m_hellos;
  const std::shared_ptr<BinaryNames> m_binaries;
  Schedule m_schedule;  ///< What is still to come of it.
  const std::function<void()> m_onNews;
  const pid_t m_firstPid;
  bool m_knownNotToAttach = false;  ///< The relay's main thread's.
  SessionClock m_clock;

  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_news = false;  ///< Guarded, as all up to m_over.
  bool m_stopping = false;
  bool m_over = false;

  ResidentWatch m_resident;
  ProcessRoster m_roster;  // After what its sessions' commands use.
  Drain m_drain;
  SeccompWatch m_seccomp;
  std::thread m_thread;
};

}  // namespace heaptap::relay
