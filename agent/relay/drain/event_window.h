// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/match/matcher.h"

namespace heaptap::relay {

class EventTranslator;

/// Some thousand neighbouring events in their order, of any processes of a tree, on their way through the
/// threads of MatchThreads. Each step has the window for itself, but for `match`, of which each shard has its
/// events. Its arrays are used again and again.
class EventWindow {
 public:
  /// Enough to be worth handing over, few enough for a processor's second cache.
  static constexpr std::size_t kEvents = 4096;
  /// Of one window.
  static constexpr std::size_t kProcesses = 256;

  explicit EventWindow(unsigned shards)
      : m_events(std::make_unique<OrderedEvent[]>(kEvents)), m_places(shards), m_lost(shards) {}

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] bool full() const { return m_size == kEvents; }
  [[nodiscard]] unsigned shards() const { return static_cast<unsigned>(m_places.size()); }

  // ---- order
  /// It is empty, and will be filled as the window of this number.
  void begin(std::uint64_t number) {
    m_number = number;
    m_size = 0;
    m_processes.clear();
    m_given.clear();
    for (auto& places : m_places) places.clear();
    for (auto& lost : m_lost) lost.clear();
  }
  /// No other window has, or had, this one.
  [[nodiscard]] std::uint64_t number() const { return m_number; }
  /// The next event, to be filled in. Precondition: not full.
  [[nodiscard]] OrderedEvent& next() { return m_events[m_size] = {}; }
  /// It is filled in, and has no block.
  void add() { ++m_size; }
  /// It is filled in.
  void add(unsigned shard) { m_places[shard].push_back(static_cast<std::uint16_t>(m_size++)); }
  /// Returns: its number in the events. None when there are too many.
  [[nodiscard]] std::optional<std::uint8_t> addProcess(EventTranslator& process) {
    if (m_processes.size() == kProcesses) return std::nullopt;
    m_processes.push_back({&process, {}});
    return static_cast<std::uint8_t>(m_processes.size() - 1);
  }
  /// Returns: what the event is to say.
  [[nodiscard]] std::uint32_t addGiven(const Freeing& freeing) {
    m_given.push_back(freeing);
    return static_cast<std::uint32_t>(m_given.size());
  }

  // ---- match and conclude
  /// A process with events in the window, and what they refer to for the first time.
  struct Process {
    EventTranslator* translator = nullptr;
    std::vector<v1::RecordRequest> definitions;
  };
  [[nodiscard]] std::vector<Process>& processes() { return m_processes; }
  [[nodiscard]] OrderedEvent* events() { return m_events.get(); }
  [[nodiscard]] std::span<const std::uint16_t> places(unsigned shard) const { return m_places[shard]; }
  /// See Matcher::match.
  [[nodiscard]] std::vector<Block>& lost(unsigned shard) { return m_lost[shard]; }
  /// What a free says beside its origin. Null: nothing.
  [[nodiscard]] const Freeing* given(const OrderedEvent& event) const {
    return event.given != 0 ? &m_given[event.given - 1] : nullptr;
  }

 private:
  static_assert(kEvents <= std::size_t{1} << 16 && kProcesses <= std::size_t{1} << 8);

  std::unique_ptr<OrderedEvent[]> m_events;
  std::size_t m_size = 0;
  std::vector<std::vector<std::uint16_t>> m_places;  ///< Of the events of each shard.
  std::vector<std::vector<Block>> m_lost;            ///< That they have found and did not expect.
  std::vector<Freeing> m_given;
  std::vector<Process> m_processes;
  std::uint64_t m_number = 0;
};

}  // namespace heaptap::relay
