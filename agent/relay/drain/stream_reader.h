// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/relay/encode/pair_cache.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// One event, copied out of shared memory word by word (it may change while it is read).
struct Event {
  std::uint64_t head = 0;
  std::uint64_t place = 0;  ///< Address, origin and wire's `extra`.
  std::uint64_t size = 0;   ///< Of an allocation or a range; of a FreeFrom the declared one.
  std::uint32_t heap = 0;   ///< As the shared memory numbers them.
  std::uint32_t stack = 0;
  std::uint8_t attribute = 0;  ///< An allocation's packed slack; what a FreeFrom gives; a Map's change.

  [[nodiscard]] wire::EventKind kind() const { return wire::kindOf(head); }
  [[nodiscard]] unsigned level() const { return wire::levelOf(head); }
  [[nodiscard]] std::uint64_t stamp() const { return wire::stampOf(head); }
  [[nodiscard]] std::uint64_t address() const { return wire::addressOf(place); }
  [[nodiscard]] wire::Origin origin() const { return wire::originOf(place); }
  [[nodiscard]] unsigned extra() const { return wire::extraOf(place); }
  /// Returns true when it is a Rare of this kind.
  [[nodiscard]] bool is(wire::RareKind rare) const {
    return kind() == wire::EventKind::Rare && extra() == static_cast<unsigned>(rare);
  }
  [[nodiscard]] std::optional<WrittenPair> pair() const {
    return WrittenPair::of(kind(), place, wire::stackWord(stack, attribute, size));
  }
};

/// What can be seen of an event before it is taken. Only a hint: it is not checked.
struct EventAhead {
  std::uint64_t address = 0;
  std::optional<WrittenPair> pair;
};

/// Which chunks are being read: a chunk belongs to one stream, or the target wrote nonsense.
class ChunkUse {
 public:
  explicit ChunkUse(std::uint32_t chunkCount) : m_used(std::size_t{chunkCount} + 1) {}
  bool take(std::uint32_t reference) { return !std::exchange(m_used[reference], std::uint8_t{1}); }
  void giveBack(std::uint32_t reference) { m_used[reference] = 0; }

 private:
  std::vector<std::uint8_t> m_used;
};

/// Reads one stream of events through its chain of chunks, and gives chunks back once they are consumed.
/// A stream that breaks a rule of the layout is abandoned: `broken` stays true, nothing more comes.
/// Threads: the drain's.
class StreamReader {
 public:
  StreamReader(SharedMemory& memory, ChunkUse& use) : m_memory(&memory), m_use(&use) {}

  /// Begins with `firstChunk`, once that is known. kNoChunk: not yet.
  void begin(std::uint32_t firstChunk);
  [[nodiscard]] bool begun() const { return m_chunk != nullptr || m_broken; }

  /// Looks for new events.
  /// Returns: whether one may be taken.
  bool refresh();
  /// Returns true when an event may be taken without looking for news.
  [[nodiscard]] bool ready() const { return m_offset < m_published; }
  /// Stamp of the next event. Only when ready.
  [[nodiscard]] std::uint64_t stamp() const { return wire::stampOf(m_head); }
  /// Takes the next event. Only when ready; looks for news when it was the last known one.
  /// Returns: an event of kind None when it breaks the layout's rules.
  Event take();

  /// An event further on that was not looked at before; none when there is none within kMaxAhead.
  std::optional<EventAhead> lookAhead();

  [[nodiscard]] bool broken() const { return m_broken; }
  /// Gives back all chunks that are left. After the thread is gone and everything was taken.
  void end();

 private:
  /// Far enough for memory to answer meanwhile, near enough for the cache to keep it.
  static constexpr std::uint32_t kMaxAhead = 16;

  static void readHeap(Event& event);
  void fail();
  bool enter(std::uint32_t reference);
  bool loadHead();
  [[nodiscard]] std::uint64_t word(std::uint32_t offset) const {
    return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(m_events + offset), __ATOMIC_RELAXED);
  }

  SharedMemory* m_memory;
  ChunkUse* m_use;
  wire::ChunkHeader* m_chunk = nullptr;
  const char* m_events = nullptr;
  std::uint32_t m_reference = wire::kNoChunk;
  std::uint32_t m_offset = 0;
  std::uint32_t m_published = 0;
  std::uint32_t m_ahead = 0;        ///< Where lookAhead goes on.
  std::uint32_t m_eventsAhead = 0;  ///< Events between m_offset and there.
  std::uint64_t m_head = 0;         ///< First word of the next event in full, checked; valid when ready.
  std::uint64_t m_first = 0;        ///< Its first word as it was written: another one where that is short.
  std::uint32_t m_bytes = 0;        ///< Its size.
  bool m_broken = false;
};

}  // namespace heaptap::relay
