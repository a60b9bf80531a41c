// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "agent/relay/drain/stream_reader.h"
#include "agent/relay/match/mapping_matcher.h"
#include "agent/relay/match/matcher.h"
#include "agent/relay/names/heap_names.h"
#include "agent/relay/names/stack_import.h"

namespace heaptap::relay {

/// The heaps of one process beside malloc's: its memory mappings, and the allocators that it has named. Each
/// has a table of addresses for itself, since a mapping may hold the blocks of another heap. Threads: the
/// drain's.
class OtherHeaps {
 public:
  /// What it shares with malloc's heap: events are numbered together.
  struct Parts {
    const SharedMemory& memory;
    std::shared_ptr<BlockStore> store;  ///< One shard is enough for them.
    BatchEncoder& encoder;
    PairTable& pairs;
    StackImport& stacks;
    Findings& findings;
    std::function<void()> makeRoom;  ///< Called before an event is written that might no longer fit.
  };
  explicit OtherHeaps(Parts parts)
      : m_parts(std::move(parts)),
        m_names(m_parts.memory),
        m_mappings(m_parts.encoder, m_parts.pairs, m_parts.makeRoom) {}

  /// An event of kind HeapAlloc, HeapFree or Map. What names no heap is ignored.
  void record(const Moment& when, MapLimbo& limbo, const Event& event);
  void streamEnd(const Moment& when, MapLimbo& limbo) { m_mappings.streamEnd(when, limbo); }
  /// Allocations were not recorded: frees of unknown blocks are to be expected from now on.
  void expectUnrecorded();

  /// The process begins with what its parent had. Before the first event.
  void inherit(InheritedHeap heap);
  void handOn(const std::vector<const MapLimbo*>& limbo, InheritedHeap& heap);
  /// Adds all blocks that are live and not inherited.
  void copyTo(const std::vector<const MapLimbo*>& limbo, LiveBlocks& live) const;
  [[nodiscard]] std::size_t liveBlocks() const;
  /// The last thing that is done with them, on the drain's thread.
  void letGo();

  /// Adds what was counted beside the events.
  void addTo(Matcher::Counts& counts) const;
  /// Sends what is new of their names.
  void flush(MessageSink& sink) { m_names.flush(sink); }

  [[nodiscard]] const MappingMatcher& mappings() const { return m_mappings; }

 private:
  struct Named {
    std::uint32_t id;  ///< The session's.
    Matcher matcher;
  };
  Named* named(std::uint32_t number);
  Named& ofCanonical(std::uint32_t canonical);
  void map(const Moment& when, MapLimbo& limbo, const Event& event);

  Parts m_parts;
  HeapNames m_names;
  MappingMatcher m_mappings;
  std::map<std::uint32_t, Named> m_named;  ///< By canonical number.
  bool m_unrecordedExpected = false;
};

}  // namespace heaptap::relay
