// SPDX-License-Identifier: Apache-2.0
#include "sql/query/time_limit.h"

#include <sqlite3.h>

#include <utility>

namespace heaptap::sql {
namespace {

/// Instructions of SQLite's machine between two looks at the clock: far below a millisecond.
constexpr int kInstructionsBetweenClocks = 1'000;
constexpr std::chrono::seconds kGrace{2};
constexpr std::chrono::milliseconds kBetweenWatches{250};

}  // namespace

TimeLimit::TimeLimit(std::chrono::milliseconds limit, const std::atomic<bool>& isInterrupted,
                     std::function<void()> onStuck)
    : m_limit(limit),
      m_isInterrupted(isInterrupted),
      m_onStuck(std::move(onStuck)),
      m_thread([this](const std::stop_token& stop) { watch(stop); }) {}

void TimeLimit::follow(sqlite3* connection) {
  sqlite3_progress_handler(
      connection, kInstructionsBetweenClocks,
      [](void* limit) { return static_cast<TimeLimit*>(limit)->mustEnd() ? 1 : 0; }, this);
}

std::int64_t TimeLimit::now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void TimeLimit::end() {
  m_usedNs.store(usedNs(), std::memory_order_relaxed);
  m_began.store(0, std::memory_order_relaxed);
}

std::int64_t TimeLimit::usedNs() const {
  const std::int64_t began = m_began.load(std::memory_order_relaxed);
  return m_usedNs.load(std::memory_order_relaxed) + (began == 0 ? 0 : now() - began);
}

bool TimeLimit::mustEnd() {
  if (std::chrono::nanoseconds(usedNs()) > m_limit) m_isOver = true;
  return m_isOver || m_isInterrupted;
}

void TimeLimit::watch(const std::stop_token& stop) {
  std::unique_lock lock(m_mutex);
  while (!m_wake.wait_for(lock, stop, kBetweenWatches, [&stop] { return stop.stop_requested(); })) {
    if (stop.stop_requested()) return;
    if (m_began.load(std::memory_order_relaxed) != 0 && std::chrono::nanoseconds(usedNs()) > m_limit + kGrace)
      return m_onStuck();
  }
}

}  // namespace heaptap::sql
