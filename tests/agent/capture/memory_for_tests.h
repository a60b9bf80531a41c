// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <new>

#include "agent/capture/tables/shared_view.h"
#include "agent/wire/geometry.h"

namespace heaptap::capture {

/// Shared memory as a relay prepares it, without a relay: the target's side can be tested alone.
class PreparedMemory {
 public:
  explicit PreparedMemory(const wire::Capacity& capacity)
      : m_geometry(wire::geometryFor(capacity)),
        m_at(mmap(nullptr, m_geometry.totalBytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    auto& h = *new (m_at) wire::Header{};
    h.magic = wire::kMagic;
    h.layoutVersion = wire::kLayoutVersion;
    h.headerBytes = sizeof(wire::Header);
    h.geometry = m_geometry;
    h.clockMode = wire::ClockMode::Monotonic;
    h.relayAlive.store(1);
    for (std::uint32_t reference = 1; reference <= m_geometry.chunkCount; ++reference) giveChunk(reference);
  }
  ~PreparedMemory() { munmap(m_at, m_geometry.totalBytes); }
  PreparedMemory(const PreparedMemory&) = delete;
  PreparedMemory& operator=(const PreparedMemory&) = delete;

  [[nodiscard]] wire::Header* header() const { return static_cast<wire::Header*>(m_at); }
  [[nodiscard]] SharedView view() const { return SharedView(header()); }
  [[nodiscard]] std::uint32_t freeChunks() const {
    return wire::FreeList::count(header()->freeChunks.head.load());
  }
  void giveChunk(std::uint32_t reference) const {
    auto& head = header()->freeChunks.head;
    const std::uint64_t h = head.load();
    view().chunk(reference).nextFree = wire::linkTo(wire::FreeList::reference(h), reference);
    head.store(wire::FreeList::pack(wire::FreeList::tag(h) + 1, wire::FreeList::count(h) + 1, reference));
  }

 private:
  wire::Geometry m_geometry;
  void* m_at;
};

inline constexpr wire::Capacity kSmallMemory{.poolBytes = 16 * wire::kChunkBytes,
                                             .threads = 8,
                                             .modules = 64,
                                             .textBytes = 4096,
                                             .frames = 1U << 16,
                                             .nodes = 1U << 18};

}  // namespace heaptap::capture
