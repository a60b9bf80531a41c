// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "agent/relay/base/moment.h"
#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/encode/pair_table.h"
#include "agent/relay/match/inherited_heap.h"
#include "agent/relay/match/mapping_table.h"
#include "agent/wire/layout.h"

namespace heaptap::relay {

/// The changes of mappings that one stream has begun. As with reallocs, there is more than one when a signal
/// handler interrupts the call and maps too; each has a level of its own, the inner the higher one.
struct MapLimbo {
  struct Entry {
    unsigned level = 0;
    bool ended = false;  ///< They are counted as unmapped; else they are live, and on the move.
    std::vector<Mapping> mappings;
  };
  std::vector<Entry> entries;
};

/// What an event says of a range of addresses.
struct MapEvent {
  wire::MapChange change{};
  Range range;
  wire::Origin origin{};
  std::uint32_t stack = 0;  ///< Session id.
  unsigned level = 0;
};

/// Finds out which mappings each call ends, and which it begins.
///
/// A call may end a part of a mapping, or parts of several. A mapping of which a part ends is counted as
/// realloc counts a block: it ends, and what remains of it begins anew, at the site that had mapped it. What
/// is not known to be mapped may be unmapped by anyone: libc and the loader map unseen. Threads: the drain's.
class MappingMatcher {
 public:
  /// `makeRoom` is called before each event that is written: one call may end any number of mappings.
  MappingMatcher(BatchEncoder& encoder, PairTable& pairs, std::function<void()> makeRoom)
      : m_encoder(encoder), m_pairs(pairs), m_makeRoom(std::move(makeRoom)) {}

  void change(const Moment& when, MapLimbo& limbo, const MapEvent& event);
  /// The stream ends: what it was moving is where it was.
  void streamEnd(const Moment& when, MapLimbo& limbo);

  /// The process begins with these mappings. Before the first event.
  void inherit(const std::vector<InheritedHeap::Block>& mappings);
  /// All mappings, those in `limbo` on the move included.
  void handOn(const std::vector<const MapLimbo*>& limbo, std::vector<InheritedHeap::Block>& mappings) const;

  /// Adds all that are not inherited, those in `limbo` on the move included.
  void copyTo(const std::vector<const MapLimbo*>& limbo, LiveBlocks& live) const;

  /// Mappings that ended without a word: their addresses were mapped again.
  [[nodiscard]] std::uint64_t lost() const { return m_lost; }
  [[nodiscard]] const MappingTable& mappings() const { return m_table; }

 private:
  template <class Look>
  void forEachLive(const std::vector<const MapLimbo*>& limbo, Look&& look) const;
  void begin(const Moment& when, const Mapping& mapping);
  void end(const Moment& when, const Mapping& mapping, std::uint32_t stack);
  std::vector<Mapping> cut(const Moment& when, const Range& range, std::uint32_t stack);
  std::vector<Mapping> lift(const Moment& when, const Range& range, std::uint32_t stack);
  void mapped(const Moment& when, const MapEvent& event, bool over);
  void moved(const Moment& when, MapLimbo& limbo, const MapEvent& event);
  void failed(const Moment& when, MapLimbo& limbo, unsigned level);
  void putBack(const Moment& when, const Mapping& mapping);
  void dropStale(const Moment& when, MapLimbo& limbo, unsigned firstLevel);

  BatchEncoder& m_encoder;
  PairTable& m_pairs;
  const std::function<void()> m_makeRoom;
  MappingTable m_table;
  std::uint64_t m_lost = 0;
};

}  // namespace heaptap::relay
