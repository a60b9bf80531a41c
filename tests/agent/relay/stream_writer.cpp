// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/relay/stream_writer.h"

#include <cstring>
#include <stdexcept>

namespace heaptap::relay::test {

std::uint32_t StackWriter::module(const std::string& path, std::uint64_t start, std::uint64_t bias) {
  wire::Header& h = m_memory.header();
  const std::uint32_t index = h.moduleCount.fetch_add(1);
  const auto offset = static_cast<std::uint32_t>(h.textUsed.fetch_add(path.size()));
  const auto text = m_memory.text(offset, static_cast<std::uint32_t>(path.size()));
  if (!path.empty()) std::memcpy(const_cast<char*>(text.data()), path.data(), path.size());
  wire::ModuleEntry& entry = *m_memory.module(index);
  entry.start = start;
  entry.end = start + 0x1000;
  entry.bias = bias;
  if (path.empty()) entry.flags = wire::kModuleProgram;
  entry.pathOffset = offset;
  entry.pathLength = static_cast<std::uint32_t>(path.size());
  entry.buildIdLength = 4;
  std::memcpy(entry.buildId, "\xDE\xAD\xBE\xEF", 4);
  entry.complete.store(1, std::memory_order_release);
  return index;
}

std::uint32_t StackWriter::frame(std::uint64_t pc, std::uint32_t module, std::uint32_t flags) {
  const std::uint32_t id = m_memory.header().frameTable.count.fetch_add(1);
  wire::FrameEntry& entry = *m_memory.frame(id);
  const bool inModule = module < m_memory.geometry().moduleCapacity;
  entry.pc = inModule ? pc - m_memory.module(module)->bias : pc;
  entry.module = module;
  entry.flags.store(flags | wire::kFrameComplete, std::memory_order_release);
  return id;
}

std::uint32_t StackWriter::node(std::uint32_t parent, std::uint32_t frame) {
  const std::uint32_t id = m_memory.header().nodeTable.count.fetch_add(1);
  m_memory.node(id)->word.store(wire::NodeEntry::pack(parent, frame), std::memory_order_release);
  return id;
}

StreamWriter::StreamWriter(SharedMemory& memory, std::uint32_t tid, std::size_t lane, std::uint32_t process)
    : m_memory(&memory), m_lane(lane) {
  wire::Header& h = memory.header();
  const std::uint64_t head = h.freeSlots.head.load();
  if (wire::FreeList::reference(head) != 0) {
    m_slot = wire::FreeList::reference(head) - 1;
    h.freeSlots.head.store(wire::FreeList::pack(wire::FreeList::tag(head) + 1,
                                                wire::FreeList::count(head) - 1U, slot().nextFree));
  } else {
    m_slot = h.slotHighWater.fetch_add(1);
  }
  slot().tid = tid;
  slot().process = process;
  slot().claim.fetch_add(1, std::memory_order_release);
}

StreamWriter::StreamWriter(const StreamWriter& thread, std::size_t lane)
    : m_memory(thread.m_memory), m_slot(thread.m_slot), m_lane(lane) {}

void StreamWriter::nextChunk() {
  wire::FreeList& pool = m_memory->header().freeChunks;
  const std::uint64_t head = pool.head.load();
  const std::uint32_t reference = wire::FreeList::reference(head);
  if (reference == wire::kNoChunk) throw std::runtime_error("the pool is empty");
  wire::ChunkHeader& next = *m_memory->chunk(reference);
  pool.head.store(
      wire::FreeList::pack(wire::FreeList::tag(head) + 1, wire::FreeList::count(head) - 1U,
                           wire::linked(next.nextFree, reference, m_memory->geometry().chunkCount)));
  (m_chunk == wire::kNoChunk ? slot().firstChunk[m_lane] : chunk().next)
      .store(reference, std::memory_order_release);
  m_chunk = reference;
  m_used = 0;
}

void StreamWriter::raw(std::initializer_list<std::uint64_t> words) {
  const auto bytes = static_cast<std::uint32_t>(words.size() * 8);
  if (m_chunk == wire::kNoChunk || m_used + bytes > wire::kChunkPayload) nextChunk();
  std::memcpy(reinterpret_cast<char*>(&chunk() + 1) + m_used, words.begin(), bytes);
  m_used += bytes;
  chunk().published.store(m_used, std::memory_order_release);
}

void StreamWriter::begin(std::uint64_t stamp, unsigned level, wire::EventKind small, wire::EventKind large,
                         std::uint64_t address, wire::Origin origin, std::uint64_t size,
                         std::uint32_t stack) {
  const std::uint64_t place = wire::addressWord(address, origin, 4);
  if (size >> 32 == 0)
    raw({wire::headWord(stamp, level, small), place, wire::stackWord(stack, 0, size)});
  else
    raw({wire::headWord(stamp, level, large), place, wire::stackWord(stack, 0, 0), size});
}

void StreamWriter::alloc(std::uint64_t stamp, std::uint64_t address, std::uint64_t size,
                         std::uint32_t stack) {
  begin(stamp, 0, wire::EventKind::Alloc, wire::EventKind::AllocLarge, address, wire::Origin::Malloc, size,
        stack);
}

void StreamWriter::free(std::uint64_t stamp, std::uint64_t address) {
  raw({wire::headWord(stamp, 0, wire::EventKind::Free), wire::addressWord(address, wire::Origin::Free, 0)});
}

void StreamWriter::reallocBegin(std::uint64_t stamp, std::uint64_t address, unsigned level) {
  raw({wire::headWord(stamp, level, wire::EventKind::ReallocBegin),
       wire::addressWord(address, wire::Origin::Realloc, 0)});
}

void StreamWriter::reallocDone(std::uint64_t stamp, std::uint64_t address, std::uint64_t size,
                               unsigned level) {
  begin(stamp, level, wire::EventKind::ReallocDone, wire::EventKind::ReallocDoneLarge, address,
        wire::Origin::Realloc, size, wire::kOverflowNode);
}

void StreamWriter::reallocFailed(std::uint64_t stamp, std::uint64_t address, unsigned level) {
  raw({wire::headWord(stamp, level, wire::EventKind::Rare),
       wire::rareWord(wire::RareKind::ReallocFailed, address, wire::Origin::Realloc)});
}

void StreamWriter::fork(std::uint64_t stamp, std::uint32_t number) {
  raw({wire::headWord(stamp, 0, wire::EventKind::Rare), wire::rareWord(wire::RareKind::Fork, number)});
}

void StreamWriter::drop(std::uint64_t allocations, std::uint64_t bytes, std::uint64_t frees,
                        wire::DropReason reason) {
  wire::DropCounters& dropped = slot().dropped[static_cast<std::size_t>(reason)];
  dropped.allocations.fetch_add(allocations);
  dropped.bytes.fetch_add(bytes);
  dropped.frees.fetch_add(frees);
}

}  // namespace heaptap::relay::test
