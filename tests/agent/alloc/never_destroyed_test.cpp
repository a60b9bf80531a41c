// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/never_destroyed.h>
#include <heaptap/alloc/system.h>

#include <cstdlib>

#include "tests/agent/alloc/system_everywhere.h"

namespace heaptap {
namespace {

/// Cannot be copied or moved, and must not be destroyed.
struct Resident : System {
  constexpr Resident(int first, int second) noexcept : sum(first + second) {}
  Resident(const Resident&) = delete;
  Resident& operator=(const Resident&) = delete;
  ~Resident() { std::abort(); }
  bool owns(const void* block, Layout layout) const noexcept { return block == this && layout.size() == 1; }
  int sum;
};

constinit const NeverDestroyed<Resident> kResident{2, 3};

TEST(NeverDestroyed, IsThereFromTheFirstToTheLast) {
  EXPECT_EQ(kResident.inner().sum, 5);
  const NeverDestroyed<Resident> another{4, 5};  // Its end is that of this test.
  EXPECT_EQ(another.inner().sum, 9);
}

TEST(NeverDestroyed, ForwardsAllThatTheInnerOneCan) {
  using Traits = AllocatorTraits<const NeverDestroyed<Resident>>;
  EXPECT_STREQ(test::whatIsWrongWith(kResident), "");
  EXPECT_TRUE(Traits::owns(kResident, &kResident.inner(), Layout::of<char>()));
  EXPECT_FALSE(Traits::owns(kResident, &kResident.inner(), Layout::of<int>()));
  void* block = kResident.alloc(Layout::of<int>());
  EXPECT_GE(Traits::usableSizeUnsized(kResident, block), sizeof(int));
  block = Traits::reallocUnsized(kResident, block, 1000);
  ASSERT_NE(block, nullptr);
  Traits::deallocUnsized(kResident, block);
}

}  // namespace
}  // namespace heaptap
