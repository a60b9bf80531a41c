// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/own_pages.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kEndOfUserSpace = 1ULL << 47;
constexpr std::uint64_t kMaxAreaBytes = 1ULL << 30;

PageRange pagesOf(std::uint64_t start, std::uint64_t bytes) {
  const std::uint64_t first = start / wire::kPage;
  return {first * wire::kPage, (start + bytes + wire::kPage - 1) / wire::kPage - first};
}

/// The used parts of a table that is reserved for far more: the entries so far, and the index levels.
void addTable(std::vector<PageRange>& ranges, std::uint64_t base, const wire::TableGeometry& table,
              const wire::TableControl& control, std::size_t entryBytes) {
  const std::uint64_t entries =
      std::min(control.count.load(std::memory_order_relaxed), table.capacity) * std::uint64_t{entryBytes};
  wire::TableGeometry used = table;
  const std::uint32_t newest = control.newestLevel.load(std::memory_order_relaxed);
  used.levels = static_cast<std::uint16_t>(std::min<std::uint32_t>(newest + 1, table.levels));
  ranges.push_back(pagesOf(base + table.entries, entries));
  ranges.push_back(pagesOf(base + table.index, wire::indexBytes(used)));
}

}  // namespace

std::vector<PageRange> ownPages(const SharedMemory& memory) {
  const wire::Header& header = memory.header();
  const wire::Geometry& geometry = memory.geometry();
  std::vector<PageRange> ranges;
  const std::uint64_t base = header.mappedAt.load(std::memory_order_relaxed);
  if (base == 0 || base % wire::kPage != 0 || base > kEndOfUserSpace - geometry.totalBytes) return ranges;
  ranges.push_back(pagesOf(base, geometry.frames.entries));  // All that comes before the tables of stacks.
  addTable(ranges, base, geometry.frames, header.frameTable, sizeof(wire::FrameEntry));
  addTable(ranges, base, geometry.nodes, header.nodeTable, sizeof(wire::NodeEntry));
  const std::size_t areas =
      std::min<std::size_t>(header.ownAreaCount.load(std::memory_order_relaxed), wire::kMaxOwnAreas);
  for (std::size_t i = 0; i < areas; ++i) {
    const std::uint64_t said = header.ownAreas[i].bytes.load(std::memory_order_acquire);
    const std::uint64_t bytes = std::min(said, kMaxAreaBytes);
    const std::uint64_t start = header.ownAreas[i].start.load(std::memory_order_relaxed);
    if (bytes == 0 || start > kEndOfUserSpace - bytes) continue;
    ranges.push_back(pagesOf(start, bytes));
  }
  return ranges;
}

}  // namespace heaptap::relay
