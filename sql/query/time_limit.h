// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

struct sqlite3;

namespace heaptap::sql {

/// How long the statements of a connection may take together; what is done with their rows does not count.
/// They are ended from within SQLite, which asks often. A single function that does not come back (an
/// instr() over megabytes) cannot be ended so: `onStuck` is called then.
/// Owns: a thread that watches. Threads: those of the connection, and the one that watches.
class TimeLimit {
 public:
  /// `isInterrupted`: set by the caller when it wants an end. `onStuck`: called by the thread that watches,
  /// once, and need not return.
  TimeLimit(std::chrono::milliseconds limit, const std::atomic<bool>& isInterrupted,
            std::function<void()> onStuck);
  /// Becomes the connection's progress handler. The connection is closed before this is gone.
  void follow(sqlite3* connection);

  /// Around each call of SQLite's that runs a statement.
  void begin() { m_began.store(now(), std::memory_order_relaxed); }
  void end();

  /// The last statement was ended for its time.
  [[nodiscard]] bool isOver() const { return m_isOver; }
  [[nodiscard]] std::chrono::milliseconds limit() const { return m_limit; }

 private:
  static std::int64_t now();
  [[nodiscard]] std::int64_t usedNs() const;
  [[nodiscard]] bool mustEnd();
  void watch(const std::stop_token& stop);

  const std::chrono::milliseconds m_limit;
  const std::atomic<bool>& m_isInterrupted;
  std::function<void()> m_onStuck;
  std::atomic<std::int64_t> m_began = 0;  ///< 0: nothing runs.
  std::atomic<std::int64_t> m_usedNs = 0;
  std::atomic<bool> m_isOver = false;
  std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::jthread m_thread;  ///< Last: it uses all others.
};

}  // namespace heaptap::sql
