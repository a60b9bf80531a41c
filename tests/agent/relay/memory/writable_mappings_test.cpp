// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/writable_mappings.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace heaptap::relay {
namespace {

TEST(WritableMappings, LeaveOutDevicesAndHeaptapAndKnowTheHeap) {
  const auto mappings = writableMappingsIn(
      "55d0c0000000-55d0c0001000 r-xp 00000000 08:01 10                         /bin/app\n"
      "55d0c0001000-55d0c0002000 rw-p 00001000 08:01 10                         /bin/app\n"
      "55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0                          [heap]\n"
      "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 \n"  // An arena: the rest of its 64 MiB follows.
      "7f0000021000-7f0004000000 ---p 00000000 00:00 0 \n"
      "7f0008000000-7f0008021000 rw-p 00000000 00:00 0 \n"  // Begins like one, and is none.
      "7f0009000000-7f0009001000 rw-p 00000000 08:01 11                         "
      "/lib/heaptap/libheaptap.so.1\n"
      "7f0009101000-7f0009102000 rw-s 00000000 00:06 12                         /dev/nvidia0\n"
      "7f0009103000-7f0009104000 rw-s 00000000 00:06 13                         /dev/shm/pool\n"
      "no mapping\n"
      "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]");
  ASSERT_EQ(mappings.size(), 6U);
  const std::uint64_t starts[]{0x55d0c0001000, 0x55d0c1000000, 0x7f0000000000,
                               0x7f0008000000, 0x7f0009103000, 0x7ffd00000000};
  const bool heaps[]{false, true, true, false, false, false};
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    EXPECT_EQ(mappings[i].start, starts[i]);
    EXPECT_EQ(mappings[i].isHeap, heaps[i]) << std::hex << mappings[i].start;
  }
  EXPECT_EQ(mappings[2].end, 0x7f0000021000U);
  EXPECT_TRUE(mappings[2].isAnonymous);
  EXPECT_FALSE(mappings[4].isAnonymous);
}

TEST(WritableMappings, BehindAGuardMayBeStacks) {
  const auto mappings = writableMappingsIn(
      "7f0000000000-7f0000001000 ---p 00000000 00:00 0 \n"
      "7f0000001000-7f0000801000 rw-p 00000000 00:00 0 \n"
      "7f0000802000-7f0000803000 rw-p 00000000 00:00 0 \n");
  ASSERT_EQ(mappings.size(), 2U);
  EXPECT_TRUE(mappings[0].isGuarded);
  EXPECT_FALSE(mappings[1].isGuarded);
}

TEST(WritableMappings, AFullArenaIsOne) {
  const auto mappings = writableMappingsIn("7f0000000000-7f0004000000 rw-p 00000000 00:00 0 \n");
  ASSERT_EQ(mappings.size(), 1U);
  EXPECT_TRUE(mappings[0].isHeap);
}

TEST(WritableMappings, OfThisProcessHaveItsVariables) {
  static int variable = 0;
  const auto process = TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid()));
  ASSERT_TRUE(process);
  const auto address = reinterpret_cast<std::uintptr_t>(&variable);
  bool isThere = false;
  for (const WritableMapping& each : writableMappings(*process))
    isThere = isThere || (each.start <= address && address < each.end);
  EXPECT_TRUE(isThere);
}

}  // namespace
}  // namespace heaptap::relay
