// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace heaptap::service {

/// Sees to it that sessions whose relay stays away are ended in time.
/// Owns:    a thread, which sleeps while no relay is away.
/// Threads: any.
class AbsenceWatch {
 public:
  using Clock = std::chrono::steady_clock;
  /// Ends what is overdue, and returns when the next session will be, if any waits.
  using EndOverdue = std::function<std::optional<Clock::time_point>()>;

  explicit AbsenceWatch(EndOverdue endOverdue);
  ~AbsenceWatch();
  AbsenceWatch(const AbsenceWatch&) = delete;
  AbsenceWatch& operator=(const AbsenceWatch&) = delete;

  /// A relay has left.
  void wake();

 private:
  void run();

  const EndOverdue m_endOverdue;
  std::mutex m_mutex;
  std::condition_variable m_changed;
  bool m_news = true;
  bool m_stopping = false;
  std::thread m_thread;  ///< Last: it uses all of the above.
};

}  // namespace heaptap::service
