// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/allocator_traits.h>
#include <heaptap/alloc/sanitized.h>
#include <heaptap/alloc/system.h>

#include <cstdint>
#include <cstring>

#include "tests/agent/alloc/system_everywhere.h"

namespace heaptap {
namespace {

static_assert(std::is_empty_v<System>);
static_assert(SelfDescribing<const System>);

TEST(System, HandsOutWhatIsAskedOnThisSystem) { EXPECT_STREQ(test::whatIsWrongWithSystem(), ""); }

TEST(System, SaysNothingIsUsableBeyondTheLayout) {
  const System system;
  constexpr Layout kLayout = Layout::fromUnchecked(100, 8);
  void* const block = system.alloc(kLayout);
  EXPECT_EQ(AllocatorTraits<const System>::usableSize(system, block, kLayout), 100U);
  EXPECT_FALSE(AllocatorTraits<const System>::growInPlace(system, block, kLayout, 101));
  EXPECT_TRUE(AllocatorTraits<const System>::growInPlace(system, block, kLayout, 100));
  EXPECT_GE(system.usableSizeUnsized(block), 100U);
  system.deallocUnsized(block);
}

TEST(System, GivesNothingWhenThereIsNotEnough) {
  if (HEAPTAP_SANITIZED) GTEST_SKIP() << "a sanitizer ends the process then";
  const System system;
  constexpr std::size_t kMost = PTRDIFF_MAX;
  EXPECT_EQ(system.alloc(Layout::fromUnchecked(kMost, 1)), nullptr);
  EXPECT_EQ(system.allocZeroed(Layout::fromUnchecked(kMost - 4095, 4096)), nullptr);
  constexpr Layout kLayout = Layout::fromUnchecked(16, 4096);
  auto* const block = static_cast<char*>(system.alloc(kLayout));
  ASSERT_NE(block, nullptr);
  std::memcpy(block, "still here", 11);
  EXPECT_EQ(system.realloc(block, kLayout, kMost), nullptr) << "no layout, with that alignment";
  EXPECT_EQ(system.realloc(block, kLayout, kMost - 4095), nullptr) << "no memory";
  EXPECT_STREQ(block, "still here");
  system.dealloc(block, kLayout);
}

}  // namespace
}  // namespace heaptap
