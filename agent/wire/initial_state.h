// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/wire/geometry.h"
#include "agent/wire/layout.h"

namespace heaptap::wire {

/// Makes a new memory of zeros ready: what both the relay and a target that has none begin with. The caller
/// decides on clock, stall and control, and publishes it.
inline void fillInitialState(void* base, const Geometry& g) {
  auto& h = *static_cast<Header*>(base);
  const auto at = [base](std::uint64_t offset) { return static_cast<char*>(base) + offset; };
  h.magic = kMagic;
  h.layoutVersion = kLayoutVersion;
  h.headerBytes = sizeof(Header);
  h.geometry = g;
  h.processCount.store(kFirstProcess + 1, std::memory_order_relaxed);

  h.freeChunks.head.store(FreeList::pack(0, g.chunkCount, g.chunkCount > 0 ? 1 : 0),
                          std::memory_order_relaxed);

  h.frameTable.count.store(kFirstFrame, std::memory_order_relaxed);
  auto* frames = reinterpret_cast<FrameEntry*>(at(g.frames.entries));
  for (std::uint32_t id = kOverflowFrame; id < kFirstFrame; ++id) {
    frames[id].module = kNoModule;
    frames[id].flags.store(kFrameComplete, std::memory_order_relaxed);
  }
  h.nodeTable.count.store(kFirstNode, std::memory_order_relaxed);
  auto* nodes = reinterpret_cast<NodeEntry*>(at(g.nodes.entries));
  nodes[kOverflowNode].word.store(NodeEntry::pack(kRootNode, kOverflowFrame), std::memory_order_relaxed);
}

}  // namespace heaptap::wire
