// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "agent/relay/recorder.h"
#include "agent/relay/session_clock.h"
#include "agent/relay/thread_streams.h"

namespace heaptap::relay {

/// Takes events out of shared memory and hands them to the recorder in the order of their stamps.
///
/// A poll takes T0, then looks at all streams, then processes what is stamped up to T0. Whatever must
/// precede such an event was published before T0 and is thus seen too; nothing has to wait for a later poll.
/// Threads: one.
class Drain {
 public:
  /// Events a poll processes at most, so that nobody can keep the relay in one.
  static constexpr std::size_t kMaxEventsPerPoll = 1 << 20;

  Drain(SharedMemory& memory, const TargetProcess& process, SessionClock& clock, Recorder& recorder);

  /// Returns: how many events were processed.
  std::size_t poll();
  /// Processes everything that is left, when the target can write no more, or should not.
  void finish();

  /// What need not be done at every poll: threads that have ended, gaps, names, counters.
  void housekeep();

 private:
  struct Source {
    std::uint64_t stamp;
    ThreadStream* thread;
    std::size_t stream;
    [[nodiscard]] StreamReader& reader() const { return thread->streams[stream]; }
  };
  std::size_t process(std::uint64_t upTo);
  void noteLosses();
  void sendCounters();
  static bool later(const Source& a, const Source& b) { return a.stamp > b.stamp; }

  SharedMemory& m_memory;
  const TargetProcess& m_process;
  SessionClock& m_clock;
  Recorder& m_recorder;
  ThreadStreams m_streams;
  DropReader m_dropsWithoutThread;
  std::vector<Source> m_heap;  ///< Streams with events for this poll, the earliest on top.
  std::uint64_t m_previousPollNs = 0;
  std::uint64_t m_rounds = 0;  ///< Of housekeeping.
  std::uint64_t m_maxRssBytes = 0;
};

}  // namespace heaptap::relay
