// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/buffer_file.h"

#include <gtest/gtest.h>

namespace heaptap::wire {
namespace {

TEST(BufferCapacity, GrowsWithThePool) {
  EXPECT_EQ(bufferCapacity(64 << 20).nodes, 1U << 20);
  EXPECT_EQ(bufferCapacity(1ULL << 30).nodes, 1U << 24);
  EXPECT_EQ(bufferCapacity(kLargestBufferPool).nodes, 1U << 24);
  EXPECT_LT(geometryFor(bufferCapacity(64 << 20)).totalBytes, 100ULL << 20);
}

TEST(BufferCapacity, OnlyItsOwnIsRecognised) {
  for (const std::uint64_t pool : {kSmallestBufferPool, std::uint64_t{64} << 20, kLargestBufferPool})
    EXPECT_TRUE(isBufferCapacity(bufferCapacity(pool)));
  EXPECT_FALSE(isBufferCapacity(bufferCapacity(kSmallestBufferPool - 1)));
  EXPECT_FALSE(isBufferCapacity(bufferCapacity(kLargestBufferPool + 1)));
  Capacity crafted = bufferCapacity(64 << 20);
  crafted.nodes = 0xFFFF'FFFF;
  EXPECT_FALSE(isBufferCapacity(crafted));
  crafted = bufferCapacity(64 << 20);
  crafted.textBytes = ~0ULL;
  EXPECT_FALSE(isBufferCapacity(crafted));
}

}  // namespace
}  // namespace heaptap::wire
