// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "agent/relay/drain/event_translator.h"
#include "agent/relay/drain/match_threads.h"
#include "agent/relay/drain/matching.h"
#include "agent/relay/drain/thread_streams.h"
#include "agent/relay/match/fork_heaps.h"
#include "agent/relay/target/session_clock.h"

namespace heaptap::relay {

/// Takes the events of a tree of processes out of their shared memory and hands each to its process's
/// translator, in the order of their stamps.
///
/// A poll takes T0, then looks at all streams, then processes what is stamped up to T0. Whatever must
/// precede such an event was published before T0 and is thus seen too; nothing has to wait for a later poll.
/// The same order holds between processes: a fork comes before the first event of its child.
///
/// A poll that finds many events, as the relay is behind, and processors that are idle, goes on with other
/// threads (MatchThreads), to the same end.
/// Threads: one; owns others.
class Drain {
 public:
  /// Events a poll processes at most, so that no target can keep the relay in one.
  static constexpr std::size_t kMaxEventsPerPoll = 1 << 20;

  /// `matching`: its shards are those of the processes' block tables.
  Drain(SharedMemory& memory, SessionClock& clock, ProcessRegister& processes, const Matching& matching,
        std::size_t maxForkHeaps = ForkHeaps::kMaxHeaps);
  /// With one thread and one shard.
  Drain(SharedMemory& memory, SessionClock& clock, ProcessRegister& processes,
        std::size_t maxForkHeaps = ForkHeaps::kMaxHeaps)
      : Drain(memory, clock, processes, Matching{}, maxForkHeaps) {}

  /// Returns: how many events were processed.
  std::size_t poll();
  /// Processes everything that is left, when no process can write any more, or should not.
  void finish();

  /// A snapshot of this process is to be made now: sends the live blocks before it, where that is worth it.
  void keyframeForSnapshot(const RecordedProcess& process) const;
  /// What need not be done at every poll: threads that have ended, gaps, names, counters.
  void housekeep();
  /// Gives back what threads hold that have ended, asking the kernel about many: for when room gets short.
  /// Every thread holds a chunk, however little it writes.
  void makeRoom();

  /// The process writes no more. What it wrote is taken by the polls that follow.
  void processEnded(RecordedProcess& process);
  /// Returns true when all that an ended process wrote was taken, at a poll and the housekeeping after it.
  [[nodiscard]] bool isDrained(const RecordedProcess& process) const {
    return !m_streams.hasThreadOf(process);
  }
  /// All threads that have claimed a slot.
  [[nodiscard]] const std::vector<std::unique_ptr<ThreadStream>>& threads() const {
    return m_streams.threads();
  }
  /// Hands the translator what it must know before its session ends: the last gaps and counters.
  void conclude(RecordedProcess& process);

 private:
  struct Source {
    std::uint64_t stamp;
    ThreadStream* thread;
    std::size_t stream;
    [[nodiscard]] StreamReader& reader() const { return thread->streams[stream]; }
  };
  std::size_t process(std::uint64_t upTo);
  std::size_t processRun(const Source& source, std::uint64_t limit, std::size_t most);
  std::size_t orderRun(const Source& source, std::uint64_t limit, std::size_t most);
  [[nodiscard]] bool beginTogether();
  void begin(RecordedProcess& process);
  void fork(const ThreadStream& thread, std::uint32_t number);
  void refuseQuestion(const Event& event) const;
  [[nodiscard]] std::vector<const RecordedThread*> recordedThreadsOf(const RecordedProcess& process) const;
  void sendKeyframes() const;
  [[nodiscard]] InheritedHeap heapOf(const RecordedProcess& process) const;
  [[nodiscard]] bool areKeptHeapsDear() const;
  void noteLosses();
  void takeExactCounts(ThreadStream& thread);
  [[nodiscard]] const RecordedProcess* anyRecorded() const;
  void reclaimThreads(std::size_t checks);
  void noteOwnTime(ThreadStream& thread) const;
  void lookForPauses(const RecordedProcess& process) const;
  void sendCounters(const RecordedProcess& process, bool last);
  static bool later(const Source& a, const Source& b) { return a.stamp > b.stamp; }

  SharedMemory& m_memory;
  SessionClock& m_clock;
  ProcessRegister& m_processes;
  ForkHeaps m_forkHeaps;
  ThreadStreams m_streams;
  const std::uint64_t m_readingTicks;  ///< What the clock costs in each event that is timed.
  const Matching m_matching;
  std::optional<MatchThreads> m_matchThreads;  ///< None where there is one thread.
  bool m_isTogether = false;                   ///< In this poll, they are at work.
  std::size_t m_orderedSince = 0;              ///< Events since nothing was under way.
  DropsReader m_dropsWithoutThread;
  std::vector<Source> m_heap;  ///< Streams with events for this poll, the earliest on top.
  std::uint64_t m_previousPollNs = 0;
  std::uint64_t m_rounds = 0;                            ///< Of housekeeping.
  std::map<std::uint32_t, std::uint64_t> m_maxRssBytes;  ///< By process.
};

}  // namespace heaptap::relay
