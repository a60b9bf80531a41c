// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "agent/relay/drop_reader.h"
#include "agent/relay/recorded_thread.h"
#include "agent/relay/shared_memory.h"
#include "agent/relay/stream_reader.h"
#include "agent/relay/target_process.h"

namespace heaptap::relay {

/// One thread of the target, from its claim of a slot until the slot is given back.
struct ThreadStream {
  ThreadStream(SharedMemory& memory, ChunkUse& use)
      : streams{StreamReader(memory, use), StreamReader(memory, use)} {}

  std::uint32_t slot = 0;
  std::uint32_t claim = 0;
  std::uint32_t tid = 0;      ///< In the target's own PID namespace.
  std::uint32_t hostTid = 0;  ///< In ours; 0: unknown.
  std::array<StreamReader, wire::kStreamsPerThread> streams;
  DropReader drops;
  RecordedThread recorded;      ///< The recorder's.
  std::uint64_t idlePolls = 0;  ///< Polls without an event.
  std::uint64_t claimedAt = 0;  ///< As the target says.
  bool gone = false;            ///< The thread has ended …
  bool complete = false;        ///< … and its streams were refreshed since: no event will follow.
};

/// All threads that have claimed a slot.
/// Threads: the drain's.
class ThreadStreams {
 public:
  explicit ThreadStreams(SharedMemory& memory);

  /// Looks at all slots: finds new claims and, in every stream, new events.
  void refresh();
  [[nodiscard]] const std::vector<std::unique_ptr<ThreadStream>>& threads() const { return m_threads; }

  /// Marks threads that have ended. Asks the kernel about at most `most` idle threads.
  void findGone(const TargetProcess& process, std::size_t most);
  /// Has this thread ended, and is its last event taken?
  [[nodiscard]] static bool isDrained(const ThreadStream& thread);
  /// Gives the slots and chunks of threads back that are gone and drained. `farewell` is called for each,
  /// before it is destroyed.
  template <class Farewell>
  void reclaim(Farewell&& farewell) {
    std::erase_if(m_threads, [&](const std::unique_ptr<ThreadStream>& thread) {
      if (!isDrained(*thread)) return false;
      farewell(*thread);
      giveBack(*thread);
      return true;
    });
  }

  /// Streams that were abandoned because they broke the layout.
  [[nodiscard]] std::uint64_t brokenStreams() const;

 private:
  void meet(std::uint32_t slot, std::uint32_t claim);
  void giveBack(ThreadStream& thread);

  SharedMemory& m_memory;
  ChunkUse m_use;
  std::vector<std::unique_ptr<ThreadStream>> m_threads;
  std::vector<std::uint32_t> m_knownClaims;  ///< For each slot the claim in m_threads; 0: none.
  std::unordered_map<std::uint32_t, ThreadStream*> m_byTid;
  std::size_t m_nextToCheck = 0;
  std::uint64_t m_brokenBefore = 0;  ///< Broken streams of threads that were reclaimed.
};

}  // namespace heaptap::relay
