// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/mapped_memory.h"

#include "agent/capture/memory/own_memory.h"
#include "agent/wire/geometry.h"

namespace heaptap::capture {
namespace {

bool fits(const wire::Header& header, std::uint64_t totalBytes) {
  const wire::Geometry& g = header.geometry;
  const auto inside = [totalBytes](std::uint64_t offset, std::uint64_t bytes) {
    return offset <= totalBytes && bytes <= totalBytes - offset;
  };
  const auto tableInside = [&](const wire::TableGeometry& t, std::size_t entryBytes) {
    return t.levels > 0 && t.firstLevelBits + 2 * t.levels < 40 &&
           inside(t.entries, t.capacity * entryBytes) && inside(t.index, wire::indexBytes(t));
  };
  return header.magic == wire::kMagic && header.layoutVersion == wire::kLayoutVersion &&
         header.headerBytes == sizeof(wire::Header) && g.totalBytes == totalBytes &&
         inside(g.chunks, std::uint64_t{g.chunkCount} * wire::kChunkBytes) &&
         inside(g.threads, std::uint64_t{g.threadCapacity} * sizeof(wire::ThreadSlot)) &&
         inside(g.processes, std::uint64_t{g.processCapacity} * sizeof(wire::ProcessSlot)) &&
         inside(g.modules, std::uint64_t{g.moduleCapacity} * sizeof(wire::ModuleEntry)) &&
         inside(g.heaps, std::uint64_t{g.heapCapacity} * sizeof(wire::HeapEntry)) &&
         inside(g.text, g.textBytes) && tableInside(g.frames, sizeof(wire::FrameEntry)) &&
         tableInside(g.nodes, sizeof(wire::NodeEntry));
}

}  // namespace

wire::Header* mapMemory(int descriptor, std::uint64_t offset, std::uint64_t totalBytes) {
  void* at = mapShared(descriptor, offset, totalBytes);
  if (at == nullptr) return nullptr;
  auto* header = static_cast<wire::Header*>(at);
  if (fits(*header, totalBytes)) return header;
  giveOwnMemoryBack(at, totalBytes);
  return nullptr;
}

}  // namespace heaptap::capture
