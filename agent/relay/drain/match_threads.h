// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "agent/relay/drain/event_window.h"

namespace heaptap::relay {

/// Matches events on several threads, in windows that the drain fills:
///
///     drain: order ──► window ──► match, a task for each shard ──► conclude, window by window ──► packer
///
/// A shard's tasks are done in the order of the windows, one at a time, and so are conclusions. Whoever is
/// free takes the oldest task; the drain does so when no window is free to be filled. So no thread has a role
/// of its own, but for the order, and any number of them shares what there is to do.
///
/// Between `settle` and the first event of the next window nothing is under way: all that is not a plain
/// event of malloc's heap is done then, by the drain alone.
/// Threads: all functions from the drain's; owns others, which begin when they are needed first.
class MatchThreads {
 public:
  /// `shards`: of the block tables. `threads`: that may match at the same time at most, the drain's included.
  MatchThreads(unsigned shards, unsigned threads);
  ~MatchThreads();
  MatchThreads(const MatchThreads&) = delete;
  MatchThreads& operator=(const MatchThreads&) = delete;

  /// How many threads may be at work from now on, the drain's included. Precondition: nothing is under way.
  /// Returns: how many there are, as the process may have come to a limit.
  unsigned use(unsigned threads);
  [[nodiscard]] unsigned most() const { return m_most; }

  /// The window that is being filled. Valid until `send` or `settle`.
  [[nodiscard]] EventWindow& window() { return *m_filling; }
  /// The window is full: hands it over and takes another one, of which there is one only when an older one is
  /// done; until then the drain helps.
  void send();
  /// Hands over what is there, and waits, and helps, until all is done.
  void settle();
  /// Another number after each `settle`.
  [[nodiscard]] std::uint64_t settled() const { return m_settled; }

 private:
  /// Windows in a ring: one is filled, some are matched, one is concluded.
  static constexpr std::size_t kWindows = 6;

  struct Shard {
    std::uint64_t next = 0;  ///< The window that is to be matched next.
    bool isBusy = false;
  };
  /// A window is to be matched, as far as it is a shard's, or to be concluded.
  struct Task {
    EventWindow& window;
    std::optional<unsigned> shard = std::nullopt;
  };

  [[nodiscard]] EventWindow& windowOf(std::uint64_t number) { return *m_windows[number % kWindows]; }
  void run(unsigned number);
  std::optional<Task> take(const std::unique_lock<std::mutex>& lock, unsigned thread);
  void skipEmpty(const std::unique_lock<std::mutex>& lock);
  void perform(std::unique_lock<std::mutex>& lock, const Task& task);
  void helpUntil(std::unique_lock<std::mutex>& lock, std::uint64_t concluded);
  void begin(const std::unique_lock<std::mutex>& lock);
  void handOver(std::unique_lock<std::mutex>& lock);
  static void match(unsigned shard, EventWindow& window);
  static void conclude(EventWindow& window);

  const unsigned m_most;
  EventWindow* m_filling = nullptr;
  std::uint64_t m_settled = 1;

  std::mutex m_mutex;
  std::condition_variable m_changed;  ///< There is a task, or a window is concluded.
  std::condition_variable m_use;      ///< Other threads are in use.
  std::array<std::unique_ptr<EventWindow>, kWindows> m_windows;
  std::array<unsigned, kWindows> m_unmatched{};  ///< Shards of each window. Guarded, as the rest.
  std::uint64_t m_sent = 0;                      ///< Windows, and so the number of the one that is filled.
  std::uint64_t m_concluded = 0;
  bool m_isConcluding = false;
  std::vector<Shard> m_shards;
  unsigned m_inUse = 1;
  bool m_isLeaving = false;
  std::vector<std::thread> m_threads;
};

}  // namespace heaptap::relay
