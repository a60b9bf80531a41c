// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_table.h"

#include "agent/capture/tables/shared_view.h"
#include "agent/capture/unwind/path_cache.h"

namespace heaptap::capture {
namespace {

// The finaliser of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xBF58'476D'1CE4'E5B9;
  x = (x ^ x >> 27) * 0x94D0'49BB'1331'11EB;
  return x ^ x >> 31;
}

// One level of a table's index: open addressing with linear probing over ids, 0 = empty.
struct Level {
  std::atomic<std::uint32_t>* slots;
  std::uint64_t mask;

  Level(std::atomic<std::uint32_t>* index, const wire::TableGeometry& table, unsigned number) {
    // Behind the smaller ones, which have 4^0 + 4^1 + … times as many as the first.
    slots = index + (((1ULL << 2 * number) - 1) / 3 << table.firstLevelBits);
    mask = (1ULL << (table.firstLevelBits + 2 * number)) - 1;
  }

  // The id of the entry that `equals` accepts, else 0.
  template <class Equals>
  std::uint32_t find(std::uint64_t hash, const Equals& equals) const {
    for (std::uint64_t at = hash & mask;; at = (at + 1) & mask) {
      // Acquire: the entry was written before its id was put here.
      const std::uint32_t id = slots[at].load(std::memory_order_acquire);
      if (id == 0 || equals(id)) return id;
    }
  }

  // Puts `id` in, unless an equal entry is there: returns the id that is in the level now.
  template <class Equals>
  std::uint32_t insert(std::uint64_t hash, std::uint32_t id, const Equals& equals) const {
    for (std::uint64_t at = hash & mask;; at = (at + 1) & mask) {
      std::uint32_t seen = slots[at].load(std::memory_order_acquire);
      if (seen == 0 && slots[at].compare_exchange_strong(seen, id, std::memory_order_acq_rel)) return id;
      if (seen != 0 && equals(seen)) return seen;
    }
  }
};

// The entry with this hash, else 0. `equals(id)` compares with an existing entry.
template <class Equals>
std::uint32_t findEntry(wire::TableControl& control, const wire::TableGeometry& table,
                        std::atomic<std::uint32_t>* index, std::uint64_t hash, const Equals& equals) {
  const std::uint32_t newest = control.newestLevel.load(std::memory_order_acquire);
  for (unsigned number = newest + 1; number-- > 0;) {
    const std::uint32_t id = Level(index, table, number).find(hash, equals);
    if (id == 0) continue;
    // Copied forward, so that the next look-up finds it at once.
    if (number != newest) Level(index, table, newest).insert(hash, id, equals);
    return id;
  }
  return 0;
}

// Makes the entry with this hash, unless another thread was first. `write(id)` fills it in. Returns 0 when
// the table is full.
template <class Equals, class Write>
std::uint32_t makeEntry(wire::TableControl& control, const wire::TableGeometry& table,
                        std::atomic<std::uint32_t>* index, std::uint64_t hash, const Equals& equals,
                        const Write& write) {
  const std::uint32_t newest = control.newestLevel.load(std::memory_order_acquire);
  const std::uint32_t id = control.count.fetch_add(1, std::memory_order_relaxed);
  if (id >= table.capacity) {
    control.count.store(table.capacity, std::memory_order_relaxed);
    return 0;
  }
  write(id);
  // Half full: the next look-ups start with a larger level. Entries move there as they are used.
  std::uint32_t current = newest;
  if (id >= 1ULL << (table.firstLevelBits + 2 * newest - 1) && newest + 1U < table.levels) {
    control.newestLevel.compare_exchange_strong(current, newest + 1, std::memory_order_acq_rel);
  }
  return Level(index, table, newest).insert(hash, id, equals);
}

}  // namespace

void StackTable::attach(wire::Header* header) {
  std::uint32_t none = 0;
  header->frameTable.count.compare_exchange_strong(none, wire::kFirstFrame, std::memory_order_relaxed);
  none = 0;
  header->nodeTable.count.compare_exchange_strong(none, wire::kFirstNode, std::memory_order_relaxed);
  m_header = header;
}

std::uint32_t StackTable::frameId(const WalkedFrame& frame) {
  const SharedView view(m_header);
  const wire::TableGeometry& table = view.geometry().frames;
  auto* entries = view.entries<wire::FrameEntry>(table);
  const std::uint32_t flags = frame.flags | wire::kFrameComplete;
  const auto equals = [&](std::uint32_t id) {
    const wire::FrameEntry& e = entries[id];
    return e.flags.load(std::memory_order_acquire) == flags && e.pc == frame.pc && e.module == frame.module;
  };
  const auto write = [&](std::uint32_t id) {
    wire::FrameEntry& e = entries[id];
    e.pc = frame.pc;
    e.module = frame.module;
    e.flags.store(flags, std::memory_order_release);
  };
  const std::uint64_t hash = mix(frame.pc ^ mix(std::uint64_t{frame.module} << 32 | flags));
  const std::uint32_t known = findEntry(m_header->frameTable, table, view.index(table), hash, equals);
  return known != 0 ? known : makeEntry(m_header->frameTable, table, view.index(table), hash, equals, write);
}

void StackTable::prefetch(std::uint64_t path) const {
  const SharedView view(m_header);
  const wire::TableGeometry& table = view.geometry().nodes;
  const Level level(view.index(table), table,
                    m_header->nodeTable.newestLevel.load(std::memory_order_relaxed));
  __builtin_prefetch(&level.slots[mix(path) & level.mask]);
}

StackTable::Node StackTable::childOf(Node parent, std::uint32_t frame, std::uint64_t path) {
  if (parent.id == wire::kOverflowNode) return parent;
  const SharedView view(m_header);
  const wire::TableGeometry& table = view.geometry().nodes;
  auto* entries = view.entries<wire::NodeEntry>(table);
  const std::uint64_t word = wire::NodeEntry::pack(parent.id, frame);
  const auto equals = [&](std::uint32_t id) {
    return entries[id].word.load(std::memory_order_acquire) == word;
  };
  const auto write = [&](std::uint32_t id) { entries[id].word.store(word, std::memory_order_release); };
  // Another thread that makes the same child of a new node leaves two equal entries at worst: harmless, as
  // the relay takes them for one.
  if (!parent.isNew)
    if (const std::uint32_t known =
            findEntry(m_header->nodeTable, table, view.index(table), mix(path), equals))
      return {known, false};
  const std::uint32_t id = makeEntry(m_header->nodeTable, table, view.index(table), mix(path), equals, write);
  return id == 0 ? Node{wire::kOverflowNode, false} : Node{id, true};
}

std::uint32_t StackTable::intern(const WalkedFrame* frames, const Walk& walk) {
  Node node;
  std::uint64_t path = 0;
  const auto descend = [&](std::uint32_t frame) {
    path = PathCache::extend(path, frame);
    node = childOf(node, frame, path);
  };
  if (walk.end == WalkEnd::Truncated) descend(wire::kTruncatedFrame);
  if (walk.end == WalkEnd::Lost) descend(wire::kLostFrame);
  for (std::size_t i = walk.frames; i-- > 0;) {
    const std::uint32_t frame = frameId(frames[i]);
    if (frame == 0) return wire::kOverflowNode;
    descend(frame);
  }
  return node.id;
}

}  // namespace heaptap::capture
