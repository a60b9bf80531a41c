// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/record/clock.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Stamps for the only thread of a process that records: several events in a row get one reading of the
/// clock. A new one is made when the relay has looked since the last (wire::Header::tick), for the first
/// events after that, and then for one event in sixteen. So the times of a program with few events are
/// exact.
///
/// The order between threads goes by stamps, and stays right (docs/capture.md, "Seldom stamps", has it in
/// full). A stamp from here is never later than its event. So whatever depends on the event, and has a
/// reading of its own, is later. And the event depends on nothing that another thread has recorded: who hands
/// over an address, the allocator or the program, orders the other thread's event before this one, and with
/// it that thread's g_contextsMade.fetch_add(); recordsAlone(), which is asked after the address was got,
/// sees it, since a load that happens after a store to the same object sees that or a later one
/// ([intro.races]). No order stronger than relaxed is needed for that.
///
/// Events in other lanes of the thread, of signal handlers, are in other streams, and have readings of their
/// own. They call forget(), so that what follows in lane 0, and may depend on them, is later.
/// Threads: one, in lane 0; forget() also in its signal handlers.
class SeldomStamps {
 public:
  /// Events after a tick that have a reading each.
  static constexpr std::uint32_t kExactAfterTick = 32;
  /// Further events of the same tick that share one. More would save little, a nanosecond for each; but where
  /// the relay is held up, times would become too coarse to tell what grows.
  static constexpr std::uint32_t kShareOne = 16;

  /// Units: ticks since the clock's base.
  std::uint64_t next(const wire::Header& header, const Clock& clock) {
    const std::uint64_t tick = header.tick.load(std::memory_order_relaxed);
    if (tick == m_tick.load(std::memory_order_relaxed) && --m_left != 0) [[likely]]
      return m_stamp;
    return readAnew(tick, clock);
  }

  /// The next stamp will be a new reading.
  void forget() { m_tick.store(kForgotten, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kNobodyCounts = 0;
  static constexpr std::uint64_t kForgotten = ~std::uint64_t{0};

  [[gnu::noinline]] std::uint64_t readAnew(std::uint64_t tick, const Clock& clock) {
    if (tick != m_tick.load(std::memory_order_relaxed)) m_exact = kExactAfterTick;
    m_left = 1;
    if (m_exact != 0)
      --m_exact;
    else
      m_left = kShareOne;
    m_tick.store(tick == kNobodyCounts ? kForgotten : tick, std::memory_order_relaxed);
    // Before the clock is read: the forget() of a handler that comes in between, or later, must last. One
    // that came earlier has an earlier reading, too.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const std::uint64_t stamp = ticksNow(clock);
    m_stamp = stamp;
    return stamp;
  }

  std::atomic<std::uint64_t> m_tick;  ///< Of the last reading.
  std::uint64_t m_stamp;              ///< That reading.
  std::uint32_t m_left;               ///< Events until there must be another one.
  std::uint32_t m_exact;              ///< Further events of this tick that have their own.
};

}  // namespace heaptap::capture
