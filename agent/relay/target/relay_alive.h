// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "agent/wire/layout.h"

namespace heaptap::relay {

/// Keeps Header::relayAlive locked until destroyed, or until the relay dies in whatever way: then the
/// kernel marks the futex word (robust futex), and the target knows.
/// The lock is never unlocked by hand: the thread that owns it ends, and that marks the word too. So glibc
/// never follows the list pointers inside the mutex, which the target can overwrite.
/// Threads: construct and destroy on one; owns a thread that sleeps.
class RelayAlive {
 public:
  /// Returns once the mutex is locked.
  explicit RelayAlive(wire::Header& header);
  ~RelayAlive();
  RelayAlive(const RelayAlive&) = delete;
  RelayAlive& operator=(const RelayAlive&) = delete;

 private:
  void hold(wire::Header& header);

  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_locked = false;
  bool m_over = false;
  std::thread m_thread;
};

}  // namespace heaptap::relay
