// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "agent/relay/block_kinds.h"
#include "agent/relay/message_sink.h"
#include "agent/wire/heap.h"
#include "agent/wire/slack.h"

namespace heaptap::relay {

/// What all allocations of one pair have in common.
struct PairKey {
  std::uint64_t size = 0;   ///< Below 2^48.
  std::uint32_t stack = 0;  ///< Session id.
  BlockKind kind;
};

/// Numbers the (size, stack, kind) combinations of a session: 0, 1, 2, ….
/// Open addressing with linear probing, at most half full; four pairs a cache line, since every allocation
/// comes through here. The multipliers are random, so that a target cannot choose stacks that collide.
class PairTable {
 public:
  PairTable() : m_places(kFirstPlaces), m_shift(64 - kFirstBits) {
    std::random_device random;
    for (std::uint64_t& multiplier : m_multipliers)
      multiplier = (std::uint64_t{random()} << 32 | random()) | 1;
  }

  /// Allocations are sampled, one in so many bytes. Before the first pair.
  void setSampleInterval(std::uint64_t interval) { m_sampleInterval = interval; }

  std::uint32_t indexOf(const PairKey& key) {
    const std::uint64_t what = key.size << 16 | m_kinds.indexOf(key.kind);
    for (std::size_t at = home(what, key.stack);; at = (at + 1) & (m_places.size() - 1)) {
      const Place& place = m_places[at];
      if (place.indexPlus1 == 0) return add(at, {what, key.stack, 0});
      if (place.what == what && place.stack == key.stack) return place.indexPlus1 - 1;
    }
  }

  /// Size of the pair with this index.
  [[nodiscard]] std::uint64_t sizeOf(std::uint32_t index) const { return m_sizes[index]; }
  /// And its alignment's log2.
  [[nodiscard]] std::uint8_t alignLog2Of(std::uint32_t index) const { return m_aligns[index]; }

  /// Sends the pairs that are new since the last call.
  void flush(MessageSink& sink) {
    if (m_new.size_size() == 0) return;
    if (!m_newOfOthers) m_new.clear_heap();
    m_newOfOthers = false;
    v1::RecordRequest request;
    request.mutable_pairs()->Swap(&m_new);
    sink.send(request);
    m_new.Clear();
  }

 private:
  struct Place {
    std::uint64_t what = 0;  ///< size:48 | kind:16
    std::uint32_t stack = 0;
    std::uint32_t indexPlus1 = 0;  ///< 0: empty.
  };
  static_assert(sizeof(Place) == 16);
  static constexpr unsigned kFirstBits = 12;
  static constexpr std::size_t kFirstPlaces = std::size_t{1} << kFirstBits;

  [[nodiscard]] std::size_t home(std::uint64_t what, std::uint32_t stack) const {
    const std::uint64_t mixed = what * m_multipliers[0] ^ (stack + 1) * m_multipliers[1];
    return static_cast<std::size_t>((mixed ^ mixed >> 32) * m_multipliers[2] >> m_shift);
  }

  std::uint32_t add(std::size_t at, Place place) {
    const std::uint64_t size = place.what >> 16;
    const BlockKind& kind = m_kinds[static_cast<std::uint16_t>(place.what)];
    m_sizes.push_back(size);
    m_aligns.push_back(kind.alignLog2);
    m_new.add_size(size);
    m_new.add_stack(place.stack);
    m_new.add_origin(static_cast<std::uint32_t>(kind.origin));
    m_new.add_align_log2(kind.alignLog2);
    // Only malloc's are sampled.
    if (m_sampleInterval != 0)
      m_new.add_sample_interval(kind.heap == wire::kMallocHeap ? m_sampleInterval : 0);
    m_new.add_heap(kind.heap);
    m_newOfOthers |= kind.heap != wire::kMallocHeap;
    m_new.add_slack_plus_1(
        kind.packedSlack == wire::kUnknownSlack ? 0 : wire::slackBytes(size, kind.packedSlack) + 1);
    place.indexPlus1 = ++m_count;
    m_places[at] = place;
    if (std::size_t{m_count} * 2 > m_places.size()) grow();
    return place.indexPlus1 - 1;
  }

  void grow() {
    std::vector<Place> before(m_places.size() * 2);
    before.swap(m_places);
    --m_shift;
    for (const Place& place : before) {
      if (place.indexPlus1 == 0) continue;
      std::size_t at = home(place.what, place.stack);
      while (m_places[at].indexPlus1 != 0) at = (at + 1) & (m_places.size() - 1);
      m_places[at] = place;
    }
  }

  BlockKinds m_kinds;
  std::vector<Place> m_places;
  unsigned m_shift;
  std::uint64_t m_multipliers[3] = {};
  std::uint32_t m_count = 0;
  std::uint64_t m_sampleInterval = 0;
  std::vector<std::uint64_t> m_sizes;  ///< By index.
  std::vector<std::uint8_t> m_aligns;  ///< Likewise.
  v1::Pairs m_new;
  bool m_newOfOthers = false;  ///< Is there one of another heap than malloc's?
};

}  // namespace heaptap::relay
