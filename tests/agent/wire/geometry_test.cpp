// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/geometry.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace heaptap::wire {
namespace {

using Area = std::pair<std::uint64_t, std::uint64_t>;  // Offset and bytes.

std::vector<Area> areasOf(const Geometry& g) {
  return {{0, sizeof(Header)},
          {g.threads, std::uint64_t{g.threadCapacity} * sizeof(ThreadSlot)},
          {g.modules, std::uint64_t{g.moduleCapacity} * sizeof(ModuleEntry)},
          {g.text, g.textBytes},
          {g.chunks, std::uint64_t{g.chunkCount} * kChunkBytes},
          {g.frames.entries, std::uint64_t{g.frames.capacity} * sizeof(FrameEntry)},
          {g.frames.index, indexBytes(g.frames)},
          {g.nodes.entries, std::uint64_t{g.nodes.capacity} * sizeof(NodeEntry)},
          {g.nodes.index, indexBytes(g.nodes)}};
}

void expectSound(const Capacity& capacity) {
  const Geometry g = geometryFor(capacity);
  const std::vector<Area> areas = areasOf(g);
  std::uint64_t end = 0;
  for (const auto& [offset, bytes] : areas) {
    EXPECT_EQ(offset % kPage, 0U);
    EXPECT_GE(offset, end) << "areas overlap";
    end = offset + bytes;
  }
  EXPECT_LE(end, g.totalBytes);
}

TEST(Geometry, DefaultAreasDoNotOverlap) { expectSound({}); }

TEST(Geometry, SmallAreasDoNotOverlap) {
  expectSound(
      {.poolBytes = 4 * kChunkBytes, .threads = 3, .modules = 1, .textBytes = 5, .frames = 8, .nodes = 9});
}

TEST(Geometry, LastIndexLevelStaysHalfFull) {
  const Geometry g = geometryFor({});
  for (const TableGeometry& table : {g.frames, g.nodes})
    EXPECT_GE(1ULL << (table.firstLevelBits + 2 * (table.levels - 1)), 2ULL * table.capacity);
}

TEST(Geometry, AnEighthOfThePoolIsKeptForFrees) {
  const Geometry g = geometryFor({.poolBytes = 64 * kChunkBytes});
  EXPECT_EQ(g.chunkCount, 64U);
  EXPECT_EQ(g.reservedForFrees, 8U);
}

}  // namespace
}  // namespace heaptap::wire
