// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/wire/layout.h"

/// Where everything lies in a shared memory of a given size. Computed by the relay, which creates it;
/// the target reads the result from the Header and checks only that it fits its own mapping.
namespace heaptap::wire {

struct Capacity {
  std::uint64_t poolBytes = 64ULL << 20;  ///< For events; backed by memory from the start.
  std::uint32_t threads = 1U << 15;       ///< Slots for threads alive at the same time.
  std::uint32_t processes = 1U << 16;     ///< Forked children over the life of the memory.
  std::uint32_t modules = 1U << 13;
  std::uint32_t heaps = 1022;  ///< That the program may name.
  std::uint64_t textBytes = 4ULL << 20;
  std::uint32_t frames = 1U << 20;  ///< Sparse: costs memory only where used, like all that follow.
  std::uint32_t nodes = 1U << 24;
};

/// Bytes of an index whose level i has 2^(firstBits + 2 i) slots.
constexpr std::uint64_t indexBytes(const TableGeometry& table) {
  std::uint64_t slots = 0;
  for (unsigned level = 0; level < table.levels; ++level) slots += 1ULL << (table.firstLevelBits + 2 * level);
  return slots * sizeof(std::uint32_t);
}

constexpr Geometry geometryFor(const Capacity& capacity) {
  Geometry g{};
  std::uint64_t offset = 0;
  const auto take = [&offset](std::uint64_t bytes) {
    const std::uint64_t at = offset;
    offset = (offset + bytes + kPage - 1) / kPage * kPage;
    return at;
  };
  const auto table = [&take](std::uint32_t entries, std::size_t entryBytes) {
    TableGeometry t{};
    t.capacity = entries;
    t.firstLevelBits = 13;
    // The last level must stay at most half full when every entry is in it.
    while (t.levels == 0 || (1ULL << (t.firstLevelBits + 2 * (t.levels - 1))) < 2ULL * entries) ++t.levels;
    t.entries = take(entries * entryBytes);
    t.index = take(indexBytes(t));
    return t;
  };

  take(sizeof(Header));
  g.threads = take(std::uint64_t{capacity.threads} * sizeof(ThreadSlot));
  g.threadCapacity = capacity.threads;
  g.processes = take(std::uint64_t{capacity.processes} * sizeof(ProcessSlot));
  g.processCapacity = capacity.processes;
  g.modules = take(std::uint64_t{capacity.modules} * sizeof(ModuleEntry));
  g.moduleCapacity = capacity.modules;
  g.heaps = take(std::uint64_t{capacity.heaps} * sizeof(HeapEntry));
  g.heapCapacity = capacity.heaps;
  g.text = take(capacity.textBytes);
  g.textBytes = capacity.textBytes;
  g.chunkCount = static_cast<std::uint32_t>(capacity.poolBytes / kChunkBytes);
  g.reservedForFrees = g.chunkCount / 8;
  g.chunks = take(std::uint64_t{g.chunkCount} * kChunkBytes);
  g.frames = table(capacity.frames, sizeof(FrameEntry));
  g.nodes = table(capacity.nodes, sizeof(NodeEntry));
  g.totalBytes = offset;
  return g;
}

static_assert(kFirstNamedHeap + Capacity{}.heaps <= 1U << 16, "events name heaps with 16 bits");
static_assert(Capacity{}.nodes <= 1U << 24, "events name stacks with 24 bits");
static_assert(geometryFor({}).totalBytes < 600ULL << 20);
static_assert(geometryFor({}).chunkCount < 1U << 20, "FreeList counts with 20 bits");

}  // namespace heaptap::wire
