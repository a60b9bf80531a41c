// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <random>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/base/splitting_table.h"
#include "agent/relay/encode/block_kinds.h"
#include "agent/relay/encode/pair_facts.h"
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
/// Four pairs a cache line, since every allocation comes through here. The multipliers are random, so that a
/// target cannot choose stacks that collide.
class PairTable {
 public:
  /// Allocations are sampled, one in so many bytes. Before the first pair.
  void setSampleInterval(std::uint64_t interval) { m_sampleInterval = interval; }

  std::uint32_t indexOf(const PairKey& key) {
    const Place wanted{key.size << 16 | m_kinds.indexOf(key.kind), key.stack, 0};
    const std::uint64_t hash = m_places.hash()(wanted);
    Place& place = m_places.find(
        hash, [&](const Place& other) { return other.what == wanted.what && other.stack == wanted.stack; });
    return place.isEmpty() ? add(place, wanted, hash) : place.indexPlus1 - 1;
  }

  [[nodiscard]] std::size_t size() const { return m_count; }
  /// What the pair with this index says of a block.
  [[nodiscard]] PairFacts::Fact operator[](std::uint32_t index) const { return (*m_facts)[index]; }
  /// Loads that into the cache.
  void prefetchFact(std::uint32_t index) const { m_facts->prefetch(index); }
  /// Likewise, of all pairs: for those who need it when the session is over.
  [[nodiscard]] std::shared_ptr<const PairFacts> facts() const { return m_facts; }

  /// The stacks, by session id, of pairs: `look(index, stack)` is called for all of them.
  template <class Look>
  void forEachStack(Look&& look) const {
    m_places.forEach([&](const Place& place) { look(place.indexPlus1 - 1, place.stack); });
  }

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
    [[nodiscard]] bool isEmpty() const { return indexPlus1 == 0; }
  };
  static_assert(sizeof(Place) == 16);

  struct Hash {
    std::array<std::uint64_t, 3> multipliers{};
    Hash() {
      std::random_device random;
      for (std::uint64_t& multiplier : multipliers)
        multiplier = (std::uint64_t{random()} << 32 | random()) | 1;
    }
    std::uint64_t operator()(const Place& place) const {
      const std::uint64_t mixed = place.what * multipliers[0] ^ (place.stack + 1ULL) * multipliers[1];
      return (mixed ^ mixed >> 32) * multipliers[2];
    }
  };

  std::uint32_t add(Place& place, const Place& added, std::uint64_t hash) {
    const std::uint64_t size = added.what >> 16;
    const BlockKind& kind = m_kinds[static_cast<std::uint16_t>(added.what)];
    m_facts->add({size, kind.origin, kind.alignLog2});
    m_new.add_size(size);
    m_new.add_stack(added.stack);
    m_new.add_origin(static_cast<std::uint32_t>(kind.origin));
    m_new.add_align_log2(kind.alignLog2);
    // Only malloc's are sampled.
    if (m_sampleInterval != 0)
      m_new.add_sample_interval(kind.heap == wire::kMallocHeap ? m_sampleInterval : 0);
    m_new.add_heap(kind.heap);
    m_newOfOthers |= kind.heap != wire::kMallocHeap;
    m_new.add_slack_plus_1(
        kind.packedSlack == wire::kUnknownSlack ? 0 : wire::slackBytes(size, kind.packedSlack) + 1);
    place = added;
    place.indexPlus1 = ++m_count;
    m_places.filled(hash);
    return m_count - 1;
  }

  static constexpr unsigned kFirstBits = 8;

  BlockKinds m_kinds;
  SplittingTable<Place, Hash, 10> m_places{Hash(), kFirstBits};
  std::uint32_t m_count = 0;
  std::uint64_t m_sampleInterval = 0;
  std::shared_ptr<PairFacts> m_facts = std::make_shared<PairFacts>();
  v1::Pairs m_new;
  bool m_newOfOthers = false;  ///< There is one of another heap than malloc's.
};

}  // namespace heaptap::relay
