// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/relay/base/message_sink.h"

namespace heaptap::relay {

/// Gathers events to batches: numbers allocations, and tells times in whole units. The columns are made by
/// who sends them (BatchPacker). All arrays are reused, so that an event costs no allocation. Units:   times
/// in ns since the session's start, never less than the one before. Threads: the drain's.
class BatchEncoder {
 public:
  static constexpr std::uint32_t kTimeUnitNs = 100;
  static constexpr std::uint32_t kMaxEvents = 32768;
  static constexpr std::uint32_t kMaxFromOne = 32;

  /// Adds an allocation.
  /// Returns: its number in the session.
  std::uint64_t allocation(std::uint64_t timeNs, std::uint32_t thread, std::uint64_t address,
                           std::uint32_t pair);
  /// The number that the next allocation will get.
  [[nodiscard]] std::uint64_t nextAllocation() const { return m_nextAllocation; }
  /// A time of the event that was added last, as its batch tells it but for what is less than a time unit.
  [[nodiscard]] std::uint64_t recordedNs(std::uint64_t timeNs) const {
    return std::max(timeNs, m_lastTime * kTimeUnitNs);
  }
  /// All events ever added.
  [[nodiscard]] std::uint64_t events() const { return m_flushed + m_events.size(); }
  /// The end of an allocation.
  struct Ended {
    std::uint64_t number = 0;
    std::uint32_t pair = 0;
    std::uint64_t lifetimeNs = 0;
    std::uint32_t stack = 0;  ///< Of the free, 0 when it is not known; looked at after keepFreeStacks().
    bool temporary = false;   ///< Looked at after tellTemporaries().
  };
  void free(std::uint64_t timeNs, std::uint32_t thread, const Ended& ended);
  /// Writes the stacks of frees, too. Before the first event.
  void keepFreeStacks() { m_keepsFreeStacks = true; }
  /// Says which blocks were temporary: where readers cannot know it. Before the first event.
  void tellTemporaries() { m_tellsTemporaries = true; }
  /// Writes no columns: what a batch adds up to is all that is wanted. Before the first event.
  void leaveOutColumns() { m_head.keepsEvents = false; }

  [[nodiscard]] bool empty() const { return m_events.empty(); }
  /// Returns true when what one event adds (blocks closed as lost included) may no longer fit.
  [[nodiscard]] bool full() const { return m_events.size() + kMaxFromOne > kMaxEvents; }
  /// When the first event of the batch was, in session time. Only when not empty.
  [[nodiscard]] std::uint64_t startNs() const { return m_startNs; }

  /// Sends the batch and begins the next. Everything it refers to must have been sent before.
  void flush(MessageSink& sink);

 private:
  void begin(std::uint64_t timeNs);
  /// Returns its entry among the events, to be filled.
  RecordedEvent& event(std::uint64_t timeNs, std::uint32_t thread, bool isFree);

  BatchHead m_head{.timeUnitNs = kTimeUnitNs};
  std::uint64_t m_startNs = 0;
  std::uint64_t m_flushed = 0;          ///< Events of the batches before.
  std::uint64_t m_nextAllocation = 0;   ///< In the session.
  std::uint64_t m_lastTime = 0;         ///< In time units; absolute.
  std::vector<RecordedEvent> m_events;  ///< Of this batch.
  bool m_keepsFreeStacks = false;
  bool m_tellsTemporaries = false;
};

}  // namespace heaptap::relay
