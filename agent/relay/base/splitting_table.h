// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/prefetch.h"

namespace heaptap::relay {

/// A hash table that never moves all it has: its places lie in segments, each of which splits in two when it
/// is full, and joins its other half when both are nearly empty (extendible hashing). A step moves the places
/// of one segment at most, or copies a pointer for each segment.
///
/// A copy (`share`) has the same segments until one of the two changes something in them.
///
/// `Place`: trivial; all zero is an empty one (`isEmpty`). `Hash`: gives a place's 64-bit hash, well mixed;
/// different places have different hashes. Threads: one at a time, all copies included.
template <class Place, class Hash, unsigned kSegmentBits>
class SplittingTable {
  static_assert(std::is_trivially_copyable_v<Place>);

 public:
  /// Places that copies may have in common.
  struct alignas(8) Segment {
    std::uint32_t owners = 1;  ///< Copies of the table that have it.
    std::uint32_t used = 0;
    std::uint8_t depth = 0;  ///< Leading bits of the hash that all its places have in common.
    bool own = true;         ///< Of one table, and so is what its places refer to. See `own`.

    /// They lie behind it, so that there is one step less to them.
    [[nodiscard]] Place* places() { return reinterpret_cast<Place*>(this + 1); }
    [[nodiscard]] const Place* places() const { return reinterpret_cast<const Place*>(this + 1); }
  };
  static_assert(sizeof(Segment) % alignof(Place) == 0);

  explicit SplittingTable(Hash hash, unsigned firstBits = 4) : m_hash(hash), m_bits(firstBits) {
    m_directory.push_back(newSegment(0));
    m_segments = 1;
  }
  ~SplittingTable() {
    forEachSegment([](Segment& segment) { release(segment); });
  }
  SplittingTable(SplittingTable&& other) noexcept
      : m_hash(other.m_hash),
        m_bits(other.m_bits),
        m_depth(std::exchange(other.m_depth, 0)),
        m_size(std::exchange(other.m_size, 0)),
        m_segments(std::exchange(other.m_segments, 0)),
        m_directory(std::move(other.m_directory)) {
    other.m_directory.clear();
  }
  SplittingTable& operator=(SplittingTable&& other) noexcept {
    std::swap(m_hash, other.m_hash);
    std::swap(m_bits, other.m_bits);
    std::swap(m_depth, other.m_depth);
    std::swap(m_size, other.m_size);
    std::swap(m_segments, other.m_segments);
    m_directory.swap(other.m_directory);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] std::size_t segments() const { return m_segments; }
  [[nodiscard]] const Hash& hash() const { return m_hash; }
  [[nodiscard]] std::size_t memoryBytes() const {
    return m_directory.size() * sizeof(Segment*) + m_segments * (sizeof(Segment) + (sizeof(Place) << m_bits));
  }

  [[nodiscard]] Segment& segmentOf(std::uint64_t hash) const { return *m_directory[slot(hash)]; }

  /// The place for which `is` says true, or the empty one where it belongs. Valid until the next insert or
  /// erase.
  template <class Is>
  [[nodiscard]] Place& find(std::uint64_t hash, Is&& is) const {
    return findIn(segmentOf(hash), hash, is);
  }
  template <class Is>
  [[nodiscard]] Place& findIn(Segment& segment, std::uint64_t hash, Is&& is) const {
    for (std::size_t at = home(hash);; at = (at + 1) & mask())
      if (Place& place = segment.places()[at]; place.isEmpty() || is(place)) return place;
  }
  void prefetch(std::uint64_t hash) const { heaptap::prefetch(&segmentOf(hash).places()[home(hash)]); }

  /// Makes this table the only one that has the segment of this hash, so that its places may be changed.
  /// `shared` is called with each place of it that was in common with another copy, when that ends: what the
  /// place refers to is now referred to twice (`twice`), or by this table only.
  template <class Shared>
  Segment& own(std::uint64_t hash, Shared&& shared) {
    Segment* segment = &segmentOf(hash);
    if (segment->own) return *segment;
    const bool twice = segment->owners > 1;
    if (twice) {
      Segment* const mine = newSegment(segment->depth);
      for (std::size_t i = 0; i <= mask(); ++i) mine->places()[i] = segment->places()[i];
      mine->used = segment->used;
      --segment->owners;
      point(hash, *mine);
      segment = mine;
    }
    segment->own = true;
    for (std::size_t i = 0; i <= mask(); ++i)
      if (!segment->places()[i].isEmpty()) shared(segment->places()[i], twice);
    return *segment;
  }

  /// An empty place that `find` returned was filled, in a segment that is owned.
  void filled(std::uint64_t hash) {
    ++m_size;
    if (++segmentOf(hash).used * 4 > (mask() + 1) * 3) grow(hash);
  }

  /// Empties a filled place that `find` returned, in a segment that is owned.
  void erase(Place& place, std::uint64_t hash) {
    // Those that follow move up, unless that would carry them before their home.
    Segment& segment = segmentOf(hash);
    auto hole = static_cast<std::size_t>(&place - segment.places());
    for (std::size_t at = (hole + 1) & mask(); !segment.places()[at].isEmpty(); at = (at + 1) & mask()) {
      const std::size_t wanted = home(m_hash(segment.places()[at]));
      if (((at - wanted) & mask()) < ((at - hole) & mask())) continue;
      segment.places()[hole] = segment.places()[at];
      hole = at;
    }
    segment.places()[hole] = Place{};
    --segment.used;
    --m_size;
    shrink(hash);
  }

  /// Another table with the same places, of which none is owned any more, here nor there.
  [[nodiscard]] SplittingTable share() {
    forEachSegment([](Segment& segment) {
      ++segment.owners;
      segment.own = false;
    });
    return SplittingTable(*this);
  }

  template <class Look>
  void forEach(Look&& look) const {
    forEachSegment([&](const Segment& segment) {
      for (std::size_t i = 0; i <= mask(); ++i)
        if (!segment.places()[i].isEmpty()) look(segment.places()[i]);
    });
  }

  /// Takes one segment out of the table, which is of no other use from then on than to go on with this.
  /// `last` is called with each of its places when no other copy has them.
  /// Returns: whether there may be more.
  template <class Last>
  bool dismantle(Last&& last) {
    if (m_directory.empty()) return false;
    Segment* const segment = m_directory.back();
    while (!m_directory.empty() && m_directory.back() == segment) m_directory.pop_back();
    --m_segments;
    m_size -= segment->used;
    if (segment->owners == 1)
      for (std::size_t i = 0; i <= mask(); ++i)
        if (!segment->places()[i].isEmpty()) last(segment->places()[i]);
    release(*segment);
    return !m_directory.empty();
  }

 private:
  static constexpr unsigned kHomeShift = 28;
  static constexpr unsigned kMaxDepth = 28;
  static_assert(kSegmentBits <= 12, "the bits of the home and of the directory are different ones");

  SplittingTable(const SplittingTable& other) = default;

  [[nodiscard]] std::size_t mask() const { return (std::size_t{1} << m_bits) - 1; }
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash >> kHomeShift & mask(); }
  [[nodiscard]] std::size_t slot(std::uint64_t hash) const {
    return m_depth == 0 ? 0 : hash >> (64 - m_depth);
  }

  [[nodiscard]] Segment* newSegment(unsigned depth) const {
    // Zero is an empty place.
    void* const memory = std::calloc(1, sizeof(Segment) + (mask() + 1) * sizeof(Place));
    if (memory == nullptr) throw std::bad_alloc();
    auto* const segment = new (memory) Segment;
    segment->depth = static_cast<std::uint8_t>(depth);
    return segment;
  }
  static void release(Segment& segment) {
    if (--segment.owners != 0) return;
    std::free(&segment);
  }

  template <class Look>
  void forEachSegment(Look&& look) const {
    for (std::size_t i = 0; i < m_directory.size();) {
      Segment& segment = *m_directory[i];
      i += std::size_t{1} << (m_depth - segment.depth);
      look(segment);
    }
  }

  /// Of a table with a hash of `hash`: the first of the directory's entries for a segment of this depth.
  [[nodiscard]] std::size_t firstSlot(std::uint64_t hash, unsigned depth) const {
    const unsigned free = m_depth - depth;
    return slot(hash) >> free << free;
  }
  void point(std::uint64_t hash, Segment& to) {
    const std::size_t first = firstSlot(hash, to.depth);
    for (std::size_t i = 0; i < std::size_t{1} << (m_depth - to.depth); ++i) m_directory[first + i] = &to;
  }

  void put(Segment& segment, const Place& place) {
    std::size_t at = home(m_hash(place));
    while (!segment.places()[at].isEmpty()) at = (at + 1) & mask();
    segment.places()[at] = place;
    ++segment.used;
  }

  /// Precondition: the table has one segment, which is owned.
  void resize(unsigned bits) {
    Segment& before = *m_directory.front();
    const std::size_t places = mask() + 1;
    m_bits = bits;
    Segment* const after = newSegment(0);
    for (std::size_t i = 0; i < places; ++i)
      if (!before.places()[i].isEmpty()) put(*after, before.places()[i]);
    m_directory.front() = after;
    release(before);
  }

  void grow(std::uint64_t hash) {
    if (m_bits < kSegmentBits) return resize(m_bits + 1);
    Segment& before = segmentOf(hash);
    if (before.depth == kMaxDepth) return;
    if (before.depth == m_depth) {
      std::vector<Segment*> twice(m_directory.size() * 2);
      for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = m_directory[i / 2];
      m_directory = std::move(twice);
      ++m_depth;
    }
    const unsigned depth = before.depth + 1U;
    Segment* const halves[] = {newSegment(depth), newSegment(depth)};
    for (std::size_t i = 0; i <= mask(); ++i)
      if (!before.places()[i].isEmpty())
        put(*halves[m_hash(before.places()[i]) >> (64 - depth) & 1], before.places()[i]);
    const std::uint64_t bit = std::uint64_t{1} << (64 - depth);
    point(hash & ~bit, *halves[0]);
    point(hash | bit, *halves[1]);
    ++m_segments;
    release(before);
  }

  void shrink(std::uint64_t hash) {
    Segment& segment = segmentOf(hash);
    if (m_depth == 0) {
      if (m_bits > 4 && std::size_t{segment.used} * 8 < mask() + 1) resize(m_bits - 1);
      return;
    }
    if (segment.depth == 0) return;
    const std::uint64_t bit = std::uint64_t{1} << (64 - segment.depth);
    Segment& other = segmentOf(hash ^ bit);
    if (other.depth != segment.depth || !other.own || (segment.used + other.used) * 4 > mask() + 1) return;
    for (std::size_t i = 0; i <= mask(); ++i)
      if (!other.places()[i].isEmpty()) put(segment, other.places()[i]);
    --segment.depth;
    point(hash, segment);
    release(other);
    --m_segments;
    if (m_segments * 8 <= m_directory.size()) halve();
  }

  /// Makes the directory smaller, when no segment needs all of it.
  void halve() {
    bool possible = true;
    forEachSegment([&](const Segment& segment) { possible = possible && segment.depth < m_depth; });
    if (!possible) return;
    for (std::size_t i = 0; i < m_directory.size() / 2; ++i) m_directory[i] = m_directory[i * 2];
    m_directory.resize(m_directory.size() / 2);
    m_directory.shrink_to_fit();
    --m_depth;
  }

  Hash m_hash;
  unsigned m_bits;       ///< Places of a segment; fewer than kSegmentBits only while there is one segment.
  unsigned m_depth = 0;  ///< Of the directory.
  std::size_t m_size = 0;
  std::size_t m_segments = 0;
  std::vector<Segment*> m_directory;
};

}  // namespace heaptap::relay
