// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/relay/memory/memory_probe.h"

namespace heaptap::relay {

/// Samples the resident memory of the processes of a tree, beside the recording: where the kernel has to look
/// at much memory, or the process holds its map for long, no event waits for that.
///
/// A process is looked at every 5 ms at first, then ever more rarely: every 50 ms, and from two minutes on
/// every 2048th of its age, which is what a timeline shows. The proportional set costs more, and comes every
/// second at most. Of a core, no more than a 50th is used for the former and a 500th for the latter, and a
/// 10th for all processes together. Threads: all functions from any; owns one.
class ResidentWatch {
 public:
  /// `shared` outlives it.
  explicit ResidentWatch(const SharedMemory& shared);
  ~ResidentWatch();
  ResidentWatch(const ResidentWatch&) = delete;
  ResidentWatch& operator=(const ResidentWatch&) = delete;

  void watch(std::uint32_t index, std::shared_ptr<const TargetProcess> process);
  /// What was seen of the process since the last call, in the order of time.
  std::vector<ResidentSample> take(std::uint32_t index);
  void forget(std::uint32_t index);

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    Watched(std::shared_ptr<const TargetProcess> process, const SharedMemory& shared)
        : probe(std::move(process), shared) {}
    MemoryProbe probe;  ///< The thread's.
    Clock::time_point since = Clock::now();
    Clock::time_point due = since;
    Clock::time_point proportionalDue = since;
    std::vector<ResidentSample> samples;  ///< Guarded.
  };

  void run();
  /// Returns: how long to rest from it. However many processes there are, together they cost no more.
  Clock::duration look(Watched& watched);

  const SharedMemory& m_shared;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::map<std::uint32_t, std::shared_ptr<Watched>> m_watched;  ///< Guarded.
  bool m_stopping = false;                                      ///< Guarded.
  std::thread m_thread;
};

}  // namespace heaptap::relay
