// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/encode/hello_writer.h"
#include "agent/relay/process/process_session.h"
#include "agent/relay/target/execution_notes.h"
#include "agent/relay/target/forked_process.h"
#include "agent/relay/target/recorded_process.h"
#include "agent/relay/target/session_clock.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// The processes of a tree, which share one memory, each with its session: met at its first event, ended by
/// the one who watches it, closed and forgotten when all that it wrote is taken.
/// Threads: as said below.
class ProcessRoster final : public ProcessRegister {
 public:
  struct Setup {
    Uplink::Options uplink;
    std::shared_ptr<HelloWriter> hellos;
    std::shared_ptr<BinaryNames> binaries;
    unsigned shards = 1;  ///< Of their blocks.
    /// For the process with this index. From another thread.
    std::function<void(std::uint32_t, const v1::ControlCommand&)> onCommand;
    std::function<void()> onNews;  ///< A process was met, or closed. From another thread.
    std::function<void(std::uint32_t, const std::shared_ptr<const TargetProcess>&)>
        onMember;  ///< From `add`.
  };
  /// A process whose session has begun.
  struct Met {
    std::uint32_t index = 0;
    pid_t pid = 0;
    std::string sessionId;
    UniqueFd handle;  ///< pidfd; none when the process is gone already.
  };
  /// A session of which no more will be stored.
  struct Closed {
    std::string sessionId;
    Result<void> outcome;
  };
  /// Another program image that has taken over a process of the tree, or a child of one that is no member,
  /// and may say hello, or not.
  struct Executed {
    std::string sessionId;  ///< Of the process, or of the one that the child comes from.
    pid_t pid = 0;          ///< 0: it is not known which process it is.
    std::uint32_t ownPid = 0;
    bool inPlace = false;    ///< The session ends by it.
    std::string path;        ///< As it was called; empty: unknown.
    std::string folder;      ///< Where a relative path begins.
    bool hasPreload = true;  ///< As far as known: heaptap is in its environment.
  };
  struct Member {
    RecordedProcess recorded;
    std::shared_ptr<const TargetProcess> process;
    std::unique_ptr<ProcessSession> session;  ///< None once it closes; guarded.
    bool left = false;                        ///< The process writes no more here; guarded.
    int roundsSinceEnd = 0;
  };
  using Members = std::map<std::uint32_t, std::unique_ptr<Member>>;

  /// `memory` and `clock` outlive it.
  ProcessRoster(SharedMemory& memory, SessionClock& clock, Setup setup);

  // Threads: any, for these.
  /// The process writes no more, as it is gone, …
  void processEnded(std::uint32_t index);
  /// … or as another image has taken over the process `pid`, if it is one of these, which is recorded, too.
  /// `ownPid`: its own name for itself, in the namespace with that inode (0: unknown).
  void replaced(pid_t pid, std::uint32_t ownPid, std::uint32_t pidNamespace);
  /// What came of an execution: none, or a program that is not recorded. The session's goodbye waits for what
  /// has taken over its process.
  void judged(const std::string& sessionId, const std::optional<v1::UnrecordedProgram>& unrecorded);
  /// There will be one more `judged` for this session.
  void expectVerdict(const std::string& sessionId);
  std::vector<Executed> takeExecuted();
  /// The process `pid` ended with this wait status (waitpid(2)), if it is one of these.
  void exitStatus(pid_t pid, int waitStatus);
  /// The recording of a process, or of all, ends like this.
  void end(std::uint32_t index, v1::Goodbye::End how);
  void endAll(v1::Goodbye::End how);
  /// Waits a moment for the tree's thread to meet this process.
  /// Returns: has it?
  bool awaitMeeting(std::uint32_t index, std::chrono::milliseconds patience);
  std::vector<Met> takeMet();
  std::vector<Closed> takeClosed();
  /// Returns true when `takeMet` and `takeClosed` give nothing, now and later.
  [[nodiscard]] bool isTaken() const;

  // Threads: the tree's, for these.
  /// Adds a process with a session of its own.
  Member& add(RecordedProcess recorded, std::shared_ptr<const TargetProcess> process, const v1::Hello& hello,
              bool statusWillCome, UniqueFd handle);
  /// Without descriptors for one more process, one that runs is met once there are: taken for one that is
  /// gone, its memory would be given to others while it still writes there.
  RecordedProcess* find(std::uint32_t index) override;
  [[nodiscard]] bool mustWait() const override { return m_mustWait; }
  /// From now on all are met at once, as it is the last time.
  void waitNoMore() { m_mayWait = false; }
  [[nodiscard]] std::vector<RecordedProcess*> all() const override;
  [[nodiscard]] const Members& members() const { return m_members; }
  /// Finds out which processes have executed another program. `thoroughly`: however many there are.
  void noticeExecutions(bool thoroughly);
  /// Processes that have left, of whom there is still something to take.
  struct Leavers {
    std::vector<RecordedProcess*> unknown;  ///< To the drain: not yet marked as ended.
    bool any = false;
  };
  [[nodiscard]] Leavers leavers() const;
  /// No more is recorded of the member: its session is kept until all of it is stored.
  void retire(Member& member);
  void forget(const std::vector<std::uint32_t>& gone);

  [[nodiscard]] bool everyoneHasRoom() const;
  [[nodiscard]] bool anyoneRecorded() const;
  [[nodiscard]] bool anyoneRuns() const;
  /// Returns true while there may be processes that map the memory and have written nothing yet.
  bool unmetRemain();

 private:
  static void leaveToRecorded(Member& member);
  void tell(const std::string& sessionId, const std::optional<v1::UnrecordedProgram>& unrecorded);
  void leaveByExec(Member& member, const std::optional<ExecutionNote>& note);
  void noteChildren();
  void noteChild(const ExecutionNote& note, pid_t pid, std::uint32_t ownPid);
  RecordedProcess* meet(std::uint32_t index, const wire::ProcessSlot& slot);

  SharedMemory& m_memory;
  SessionClock& m_clock;
  const Setup m_setup;
  const BlockStores m_blocks;
  const std::uint64_t m_bornNs;  ///< CLOCK_BOOTTIME.

  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<Met> m_met;  ///< Guarded, as m_closing.
  std::vector<Executed> m_executed;
  std::deque<pid_t> m_replacedBeforeMet;
  std::vector<std::unique_ptr<ProcessSession>> m_closing;
  /// By index. Changed by the tree's thread only, and only under the mutex.
  Members m_members;
  std::map<std::uint32_t, std::string> m_sessionIds;    ///< Of all processes ever met. Changed likewise.
  std::shared_ptr<const TargetProcess> m_firstProcess;  ///< Stays when it has ended.
  std::int64_t m_firstStartedAtUnixNs = 0;              ///< Likewise, as its hello says it, …
  std::uint64_t m_firstStartNs = 0;                     ///< … and by the clock of the events.
  std::uint32_t m_forksMet = 0;
  bool m_mustWait = false;
  bool m_mayWait = true;
  std::vector<UniqueFd> m_unmet;
  std::chrono::steady_clock::time_point m_nextSearch;
};

}  // namespace heaptap::relay
