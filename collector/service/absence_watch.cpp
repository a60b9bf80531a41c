// SPDX-License-Identifier: Apache-2.0
#include "collector/service/absence_watch.h"

#include <utility>

namespace heaptap::service {

AbsenceWatch::AbsenceWatch(EndOverdue endOverdue)
    : m_endOverdue(std::move(endOverdue)), m_thread([this] { run(); }) {}

AbsenceWatch::~AbsenceWatch() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
    m_changed.notify_all();
  }
  m_thread.join();
}

void AbsenceWatch::wake() {
  const std::lock_guard lock(m_mutex);
  m_news = true;
  m_changed.notify_all();
}

void AbsenceWatch::run() {
  const auto called = [this] { return m_news || m_stopping; };
  std::optional<Clock::time_point> next;
  std::unique_lock lock(m_mutex);
  while (true) {
    if (next)
      m_changed.wait_until(lock, *next, called);
    else
      m_changed.wait(lock, called);
    if (m_stopping) return;
    m_news = false;
    lock.unlock();
    next = m_endOverdue();
    lock.lock();
  }
}

}  // namespace heaptap::service
