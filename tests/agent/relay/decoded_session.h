// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/relay/base/message_sink.h"

namespace heaptap::relay::test {

/// What a reader of ingest.proto makes of a session's messages. Checks the rules of the contract as it
/// goes: a definition before its first use, columns that fit together, times that never run back, keyframes
/// that have the blocks which are live by the events.
class DecodedSession final : public MessageSink {
 public:
  struct Event {
    bool isFree = false;
    std::uint64_t number = 0;  ///< Of the allocation that is made, or ends.
    std::uint64_t timeNs = 0;
    std::uint32_t thread = 0;
    std::uint64_t address = 0;  ///< Of an allocation.
    std::uint32_t pair = 0;
    unsigned lifetimeLog2 = 0;  ///< Of a free.
    friend bool operator==(const Event&, const Event&) = default;
  };

  void send(v1::RecordRequest& request) override { apply(request); }
  /// In parts of three blocks.
  void sendKeyframe(LiveBlocks live) override;
  void apply(const v1::RecordRequest& request);

  /// One line an event: "alloc 0: 16 bytes at 0x100 by 0", "free 0 by 1".
  [[nodiscard]] std::vector<std::string> story() const;
  /// Frames from the innermost outwards, "pc" or "pc in module" or "pc flag".
  [[nodiscard]] std::vector<std::string> stackOf(std::uint64_t allocation) const;
  [[nodiscard]] std::uint64_t liveBytes() const;
  /// The largest sum of live bytes, in the order of events.
  [[nodiscard]] std::uint64_t peakBytes() const;

  std::vector<Event> events;
  std::vector<v1::Modules::Module> modules;
  std::vector<v1::Threads::Thread> threads;
  v1::Frames frames;
  v1::StackNodes nodes;
  v1::Pairs pairs;
  std::vector<std::string> heapNames;  ///< From 2.
  /// Of an allocation.
  [[nodiscard]] std::uint32_t heapOf(const Event& event) const {
    return pairs.heap(static_cast<int>(event.pair));
  }
  std::vector<v1::Findings::Finding> findings;  ///< By id, as they are now.
  std::vector<v1::Gap> gaps;
  v1::Counters counters;
  std::vector<v1::Symbols> symbols;
  std::vector<v1::Goodbye> goodbyes;
  std::vector<v1::Mark> marks;
  std::vector<std::uint64_t> obeyed;  ///< Commands that were answered.
  v1::ResidentMemory resident;
  std::vector<std::uint32_t> batchSizes;
  std::vector<std::size_t> keyframeSizes;  ///< Blocks in each.

 private:
  void applyResident(const v1::ResidentMemory& message);
  void applyCounted(const v1::CountedBatch& counted);
  void applyBatch(const v1::UnpackedEventBatch& batch);
  void applyKeyframe(const v1::Keyframe& part);

  std::vector<std::uint32_t> m_chunks;    ///< By pair.
  std::map<std::uint64_t, Event> m_live;  ///< By number.
  std::vector<Event> m_keyframe;          ///< Blocks of its parts so far.
  std::uint32_t m_nextPart = 0;
  std::uint64_t m_allocations = 0;
  std::uint64_t m_lastTimeNs = 0;
};

}  // namespace heaptap::relay::test
