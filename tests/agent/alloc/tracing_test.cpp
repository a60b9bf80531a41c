// SPDX-License-Identifier: Apache-2.0
//
// Tracing where nobody records: it hands everything on. Recordings are in tests/e2e/linked_test.cpp.
#include <gtest/gtest.h>
#include <heaptap/alloc/agent.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/tracing.h>

#include <string>
#include <vector>

namespace heaptap {
namespace {

/// Writes down what it is asked.
struct Scribe {
  mutable std::vector<std::string> calls;

  void note(const std::string& call, Layout layout, std::size_t newSize = 0) const {
    calls.push_back(call + " " + std::to_string(layout.size()) + "/" + std::to_string(layout.align()) +
                    (newSize != 0 ? " " + std::to_string(newSize) : ""));
  }
  void* alloc(Layout layout) const noexcept { return note("alloc", layout), System().alloc(layout); }
  void* allocZeroed(Layout layout) const noexcept {
    return note("allocZeroed", layout), System().allocZeroed(layout);
  }
  void dealloc(void* block, Layout layout) const noexcept {
    note("dealloc", layout), System().dealloc(block, layout);
  }
  void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return note("realloc", old, newSize), System().realloc(block, old, newSize);
  }
  bool growInPlace(void* /*block*/, Layout old, std::size_t newSize) const noexcept {
    return note("grow", old, newSize), false;
  }
  bool shrinkInPlace(void* /*block*/, Layout old, std::size_t newSize) const noexcept {
    return note("shrink", old, newSize), true;
  }
  bool owns(const void* /*block*/, Layout layout) const noexcept { return note("owns", layout), true; }
};

TEST(Tracing, HandsEachCallOnAsItself) {
  const Tracing<Scribe> tracing;
  const Layout layout = Layout::fromUnchecked(40, 8);
  void* const block = tracing.alloc(layout);
  EXPECT_FALSE(tracing.growInPlace(block, layout, 48));
  void* const grown = tracing.realloc(block, layout, 80);
  EXPECT_TRUE(tracing.shrinkInPlace(grown, Layout::fromUnchecked(80, 8), 64));
  EXPECT_TRUE(tracing.owns(grown, Layout::fromUnchecked(64, 8)));
  tracing.dealloc(grown, Layout::fromUnchecked(64, 8));
  tracing.dealloc(tracing.allocZeroed(layout), layout);
  const std::vector<std::string> expected{"alloc 40/8", "grow 40/8 48", "realloc 40/8 80",  "shrink 80/8 64",
                                          "owns 64/8",  "dealloc 64/8", "allocZeroed 40/8", "dealloc 40/8"};
  EXPECT_EQ(tracing.inner().calls, expected);
}

TEST(Tracing, TakesNoByteAndHasWhatItsInnerAllocatorHas) {
  static_assert(std::is_empty_v<Tracing<System>>);
  static_assert(GlobalAllocator<Tracing<System>>);
  static_assert(SelfDescribing<Tracing<System>>);
  static_assert(!SelfDescribing<Tracing<Scribe>>);
  static_assert(SelfDescribing<Tracing<Headered<Scribe>>>);
  static_assert(AllocatorTraits<Tracing<Scribe>>::kHasOwns && !AllocatorTraits<Tracing<System>>::kHasOwns);
  static constinit Tracing<System> tracing;
  void* const block = tracing.reallocUnsized(tracing.alloc(Layout::of<int>()), 100);
  EXPECT_GE(tracing.usableSizeUnsized(block), 100U);
  tracing.deallocUnsized(block);
}

TEST(Tracing, KnowsAfterTheFirstCallThatNobodyRecords) {
  const Tracing<System> tracing;
  tracing.dealloc(tracing.alloc(Layout::of<int>()), Layout::of<int>());
  EXPECT_FALSE(detail::Agent::mayRecord()) << "no agent is in this process";
}

}  // namespace
}  // namespace heaptap
