// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/relay/base/event_counts.h"
#include "agent/relay/base/own_time.h"
#include "agent/relay/drain/recorded_thread.h"
#include "agent/relay/drain/stream_reader.h"
#include "agent/relay/target/recorded_process.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// One thread of a target, from its claim of a slot until the slot is given back.
struct ThreadStream {
  ThreadStream(SharedMemory& memory, ChunkUse& use)
      : streams{StreamReader(memory, use), StreamReader(memory, use)} {}

  RecordedProcess* process = nullptr;
  std::uint32_t slot = 0;
  std::uint32_t claim = 0;
  std::uint32_t tid = 0;      ///< In the target's own PID namespace.
  std::uint32_t hostTid = 0;  ///< In ours; 0: unknown.
  std::string ownName;        ///< As the target says, when it was met, and at its end.
  std::array<StreamReader, wire::kStreamsPerThread> streams;
  DropsReader drops;
  CountsReader exact;  ///< Where allocations are sampled.
  OwnTimeReader ownTime;
  RecordedThread recorded;      ///< The translator's.
  std::uint64_t idlePolls = 0;  ///< Polls without an event.
  std::uint64_t claimedAt = 0;  ///< As the target says.
  bool beside = false;          ///< The thread has another slot, too.
  bool gone = false;            ///< The thread has ended …
  bool complete = false;        ///< … and its streams were refreshed since: no event will follow.
};

/// All threads of all processes that have claimed a slot.
/// Threads: the drain's.
class ThreadStreams {
 public:
  ThreadStreams(SharedMemory& memory, ProcessRegister& processes);

  /// Looks at all slots: finds new claims and, in every stream, new events.
  void refresh();
  [[nodiscard]] const std::vector<std::unique_ptr<ThreadStream>>& threads() const { return m_threads; }

  /// Marks threads that have ended. Asks the kernel about at most `most` idle threads.
  void findGone(std::size_t most);
  /// Marks all threads of a process that has ended.
  void processEnded(const RecordedProcess& process);
  /// Returns true while a thread of this process is left.
  [[nodiscard]] bool hasThreadOf(const RecordedProcess& process) const;
  /// Returns true when this thread has ended, and its last event is taken.
  [[nodiscard]] static bool isDrained(const ThreadStream& thread);
  /// Gives the slots and chunks of threads back that are gone and drained. `farewell` is called for each,
  /// before it is destroyed.
  template <class Farewell>
  void reclaim(Farewell&& farewell) {
    std::erase_if(m_threads, [&](const std::unique_ptr<ThreadStream>& thread) {
      if (!isDrained(*thread)) return false;
      thread->ownName = m_memory.threadName(thread->slot);
      farewell(*thread);
      giveBack(*thread);
      return true;
    });
  }

  /// Streams of a process that were abandoned because they broke the layout. Those of threads that belong to
  /// no process count for the first one.
  [[nodiscard]] std::uint64_t brokenStreams(std::uint32_t process) const;

 private:
  void meet(std::uint32_t slot, std::uint32_t claim);
  void giveBack(ThreadStream& thread);

  SharedMemory& m_memory;
  ProcessRegister& m_processes;
  /// Owns the threads that name no process. What they write is thrown away, and they get no second look.
  RecordedProcess m_unknownProcess{.index = 0xFFFF'FFFF, .ended = true};
  ChunkUse m_use;
  std::vector<std::unique_ptr<ThreadStream>> m_threads;
  std::vector<std::uint32_t> m_knownClaims;  ///< For each slot the claim in m_threads; 0: none.
  /// By process and thread id: each process may live in a PID namespace of its own.
  std::map<std::pair<std::uint32_t, std::uint32_t>, ThreadStream*> m_byTid;
  std::size_t m_nextToCheck = 0;
  std::map<std::uint32_t, std::uint64_t> m_brokenBefore;  ///< By process: of threads that were reclaimed.
};

}  // namespace heaptap::relay
