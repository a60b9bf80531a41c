// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay::test {

/// What a program does with the heaps beside malloc's, written as the capture library does.
inline std::uint32_t nameHeap(SharedMemory& memory, const std::string& name) {
  wire::Header& h = memory.header();
  const std::uint32_t index = h.heapCount.fetch_add(1);
  const auto offset = static_cast<std::uint32_t>(h.textUsed.fetch_add(name.size()));
  const auto text = memory.text(offset, static_cast<std::uint32_t>(name.size()));
  if (!name.empty()) std::memcpy(const_cast<char*>(text.data()), name.data(), name.size());
  wire::HeapEntry& entry = *memory.heap(index);
  entry.nameOffset = offset;
  entry.nameLength = static_cast<std::uint32_t>(name.size());
  entry.complete.store(1, std::memory_order_release);
  return wire::kFirstNamedHeap + index;
}

inline void take(StreamWriter& thread, std::uint64_t stamp, std::uint32_t heap, std::uint64_t address,
                 std::uint64_t size) {
  thread.raw({wire::headWord(stamp, 0, wire::EventKind::HeapAlloc),
              wire::addressWord(address, wire::Origin::CustomAllocate, 0),
              wire::stackWord(wire::kOverflowNode, wire::kUnknownSlack, 0), wire::heapWord(heap, size)});
}
inline void give(StreamWriter& thread, std::uint64_t stamp, std::uint32_t heap, std::uint64_t address) {
  thread.raw({wire::headWord(stamp, 0, wire::EventKind::HeapFree),
              wire::addressWord(address, wire::Origin::CustomFree, 0),
              wire::stackWord(wire::kOverflowNode, wire::kGivenStack, heap)});
}
inline void map(StreamWriter& thread, std::uint64_t stamp, std::uint64_t address, std::uint64_t bytes,
                wire::MapChange change = wire::MapChange::Mapped) {
  thread.raw({wire::headWord(stamp, 0, wire::EventKind::Map),
              wire::addressWord(address, wire::Origin::Mmap, 0),
              wire::stackWord(wire::kOverflowNode, static_cast<unsigned>(change), 0), bytes});
}

}  // namespace heaptap::relay::test
