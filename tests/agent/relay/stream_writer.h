// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay::test {

/// A small shared memory with plain nanoseconds as stamps.
inline SharedMemory::Options smallMemory() {
  SharedMemory::Options options;
  options.capacity = {.poolBytes = 16 * wire::kChunkBytes,
                      .threads = 8,
                      .modules = 8,
                      .textBytes = 4096,
                      .frames = 1024,
                      .nodes = 4096};
  return options;
}

/// What a target's threads have in common: stacks and modules, written as the capture library does.
class StackWriter {
 public:
  explicit StackWriter(SharedMemory& memory) : m_memory(memory) {}

  std::uint32_t module(const std::string& path, std::uint64_t start, std::uint64_t bias);
  std::uint32_t frame(std::uint64_t pc, std::uint32_t module = wire::kNoModule, std::uint32_t flags = 0);
  std::uint32_t node(std::uint32_t parent, std::uint32_t frame);

 private:
  SharedMemory& m_memory;
};

/// One thread of a target: claims a slot and writes events into chunks from the pool.
class StreamWriter {
 public:
  StreamWriter(SharedMemory& memory, std::uint32_t tid, std::size_t lane = 0,
               std::uint32_t process = wire::kFirstProcess);
  /// Another lane of the same thread.
  StreamWriter(const StreamWriter& thread, std::size_t lane);

  void alloc(std::uint64_t stamp, std::uint64_t address, std::uint64_t size,
             std::uint32_t stack = wire::kOverflowNode);
  void free(std::uint64_t stamp, std::uint64_t address);
  void reallocBegin(std::uint64_t stamp, std::uint64_t address, unsigned level = 0);
  void reallocDone(std::uint64_t stamp, std::uint64_t address, std::uint64_t size, unsigned level = 0);
  void reallocFailed(std::uint64_t stamp, std::uint64_t address, unsigned level = 0);
  void fork(std::uint64_t stamp, std::uint32_t number);
  void raw(std::initializer_list<std::uint64_t> words);
  void drop(std::uint64_t allocations, std::uint64_t bytes, std::uint64_t frees,
            wire::DropReason reason = wire::DropReason::Room);

  [[nodiscard]] wire::ThreadSlot& slot() const { return *m_memory->slot(m_slot); }
  [[nodiscard]] wire::ChunkHeader& chunk() const { return *m_memory->chunk(m_chunk); }
  [[nodiscard]] std::uint32_t chunkReference() const { return m_chunk; }
  [[nodiscard]] std::uint32_t slotIndex() const { return m_slot; }

 private:
  void begin(std::uint64_t stamp, unsigned level, wire::EventKind small, wire::EventKind large,
             std::uint64_t address, wire::Origin origin, std::uint64_t size, std::uint32_t stack);
  void nextChunk();

  SharedMemory* m_memory;
  std::uint32_t m_slot = 0;
  std::size_t m_lane;
  std::uint32_t m_chunk = wire::kNoChunk;
  std::uint32_t m_used = 0;
};

/// Chunks in the pool, as the free list counts them.
inline std::uint32_t freeChunks(const SharedMemory& memory) {
  return wire::FreeList::count(memory.header().freeChunks.head.load());
}

}  // namespace heaptap::relay::test
