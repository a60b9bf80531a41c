// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/system.h>

#include <thread>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

using Kind = GuardReport::Kind;

/// A report with its stacks copied.
struct Seen {
  Kind kind;
  const void* block;
  Layout allocated;
  Layout given;
  std::ptrdiff_t offset;
  int expected, found;
  std::vector<void*> allocationStack, freeStack;
};
std::mutex g_mutex;
std::vector<Seen> g_seen;

void note(const GuardReport& report) noexcept {
  const std::lock_guard lock(g_mutex);
  g_seen.push_back({report.kind,
                    report.block,
                    report.allocated,
                    report.given,
                    report.offset,
                    report.expected,
                    report.found,
                    {report.allocationStack.begin(), report.allocationStack.end()},
                    {report.freeStack.begin(), report.freeStack.end()}});
}

class GuardedHeap : public testing::Test {
 protected:
  void SetUp() override { g_seen.clear(); }

  static std::vector<Kind> kinds() {
    std::vector<Kind> result;
    for (const Seen& seen : g_seen) result.push_back(seen.kind);
    return result;
  }

  Guarded<Bookkeeper> m_heap{GuardOptions{.report = &note, .then = GuardOptions::Then::GoOn}};
};

constexpr Layout kTwenty = Layout::fromUnchecked(20, 4);

TEST_F(GuardedHeap, SaysNothingAboutGoodPrograms) {
  expectContract(m_heap);
  expectContractFromThreads(m_heap, 100);
  m_heap.flush();
  EXPECT_THAT(kinds(), testing::IsEmpty());
}

TEST_F(GuardedHeap, FindsOneByteTooFarAtEverySizeAndAlignment) {
  std::size_t count = 0;
  for (std::size_t align = 1; align <= 8192; align *= 2) {
    for (const std::size_t size :
         {1U, 2U, 3U, 7U, 8U, 15U, 16U, 17U, 31U, 32U, 33U, 100U, 4095U, 4096U, 4097U}) {
      const Layout layout = Layout::fromUnchecked(size, align);
      auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(layout));
      block[size] = 0x41;
      m_heap.dealloc(block, layout);
      ASSERT_EQ(g_seen.size(), ++count) << size << " bytes, alignment " << align;
      const Seen& seen = g_seen.back();
      EXPECT_EQ(seen.kind, Kind::Overrun);
      EXPECT_EQ(seen.block, block);
      EXPECT_EQ(seen.allocated, layout);
      EXPECT_EQ(seen.offset, static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(seen.expected, 0xFE);
      EXPECT_EQ(seen.found, 0x41);
    }
  }
  m_heap.flush();
  EXPECT_EQ(g_seen.size(), count) << "each is reported once";
}

TEST_F(GuardedHeap, FindsOneByteTooEarlyAtEverySizeAndAlignment) {
  std::size_t count = 0;
  for (std::size_t align = 1; align <= 8192; align *= 2) {
    for (const std::size_t size : {1U, 16U, 17U, 4096U}) {
      for (const std::ptrdiff_t offset : {-1, -2, -15, -16}) {
        const Layout layout = Layout::fromUnchecked(size, align);
        auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(layout));
        block[offset] = 0;
        m_heap.dealloc(block, layout);
        ASSERT_EQ(g_seen.size(), ++count) << size << " bytes, alignment " << align << ", offset " << offset;
        EXPECT_EQ(g_seen.back().kind, Kind::Underrun);
        EXPECT_EQ(g_seen.back().offset, offset);
        EXPECT_EQ(g_seen.back().expected, 0xFB);
      }
    }
  }
}

TEST_F(GuardedHeap, FindsWritesFarBeforeAnOverAlignedBlock) {
  const Layout layout = Layout::fromUnchecked(64, 4096);
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(layout));
  block[-4000] = 0;
  m_heap.dealloc(block, layout);
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::Underrun));
  EXPECT_EQ(g_seen.back().offset, -4000);
}

TEST_F(GuardedHeap, FindsWritesAfterFreeWithBothStacks) {
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  m_heap.dealloc(block, kTwenty);
  block[19] = 1;
  EXPECT_THAT(kinds(), testing::IsEmpty());
  m_heap.flush();
  ASSERT_THAT(kinds(), testing::ElementsAre(Kind::WriteAfterFree));
  const Seen& seen = g_seen.back();
  EXPECT_EQ(seen.block, block);
  EXPECT_EQ(seen.offset, 19);
  EXPECT_EQ(seen.expected, 0xDD);
  EXPECT_EQ(seen.found, 1);
  EXPECT_GT(seen.allocationStack.size(), 2U);
  EXPECT_GT(seen.freeStack.size(), 2U);
  EXPECT_NE(seen.allocationStack, seen.freeStack);
}

TEST_F(GuardedHeap, KeepsFreedBlocksUpToItsLimitOldestOutFirst) {
  auto* const oldest = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  m_heap.dealloc(oldest, kTwenty);
  oldest[0] = 1;
  const std::size_t kept = m_heap.inner().live();
  EXPECT_EQ(kept, 1U);
  const Layout large = Layout::fromUnchecked(std::size_t{200} << 10, 8);
  for (int i = 0; i < 4; ++i) m_heap.dealloc(m_heap.alloc(large), large);
  EXPECT_THAT(kinds(), testing::IsEmpty());
  for (int i = 0; i < 2; ++i) m_heap.dealloc(m_heap.alloc(large), large);
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::WriteAfterFree));
  EXPECT_LE(m_heap.inner().live(), 5U);
  m_heap.flush();
  EXPECT_EQ(m_heap.inner().live(), 0U);
}

[[gnu::noinline]] void* allocateHere(const Guarded<Bookkeeper>& heap) {
  void* const block = heap.alloc(kTwenty);
  asm volatile("" : : "r"(block) : "memory");  // Not a tail call: the frame is to be there.
  return block;
}

TEST_F(GuardedHeap, KnowsWhoAllocated) {
  auto* const block = static_cast<std::uint8_t*>(allocateHere(m_heap));
  block[20] = 0;
  m_heap.dealloc(block, kTwenty);
  ASSERT_EQ(g_seen.size(), 1U);
  const auto begin = reinterpret_cast<std::uintptr_t>(&allocateHere);
  EXPECT_THAT(g_seen[0].allocationStack, testing::Contains(testing::Truly([begin](void* frame) {
                const auto at = reinterpret_cast<std::uintptr_t>(frame);
                return at > begin && at < begin + 512;
              })));
}

TEST_F(GuardedHeap, FindsDoubleFrees) {
  void* const block = m_heap.alloc(kTwenty);
  m_heap.dealloc(block, kTwenty);
  m_heap.dealloc(block, kTwenty);
  EXPECT_EQ(m_heap.realloc(block, kTwenty, 40), nullptr);
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::DoubleFree, Kind::DoubleFree));
  EXPECT_EQ(g_seen.back().block, block);
}

TEST_F(GuardedHeap, FindsWrongLayoutsAndGoesByTheRightOne) {
  const Layout shorter = Layout::fromUnchecked(16, 4);
  const Layout moreAligned = Layout::fromUnchecked(20, 4096);
  m_heap.dealloc(m_heap.alloc(kTwenty), shorter);
  m_heap.dealloc(m_heap.alloc(kTwenty), moreAligned);
  void* const moved = m_heap.realloc(m_heap.alloc(kTwenty), shorter, 30);
  m_heap.dealloc(moved, Layout::fromUnchecked(30, 4));
  ASSERT_THAT(kinds(), testing::ElementsAre(Kind::WrongLayout, Kind::WrongLayout, Kind::WrongLayout));
  EXPECT_EQ(g_seen[0].allocated, kTwenty);
  EXPECT_EQ(g_seen[0].given, shorter);
  EXPECT_EQ(g_seen[1].given, moreAligned);
  m_heap.flush();
  EXPECT_EQ(m_heap.inner().live(), 0U);
}

TEST_F(GuardedHeap, RefusesWhatIsNoBlock) {
  alignas(16) std::array<std::uint8_t, 1024> foreign{};
  m_heap.dealloc(foreign.data() + 512, kTwenty);
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  m_heap.dealloc(block + 4, kTwenty);
  EXPECT_EQ(m_heap.realloc(foreign.data() + 512, kTwenty, 8), nullptr);
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::NotABlock, Kind::NotABlock, Kind::NotABlock));
  EXPECT_EQ(g_seen[0].block, foreign.data() + 512);
  m_heap.dealloc(block, kTwenty);
}

TEST_F(GuardedHeap, LooksAtALiveBlockWhenAsked) {
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  m_heap.check(block);
  EXPECT_THAT(kinds(), testing::IsEmpty());
  block[21] = 0;
  m_heap.check(block);
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::Overrun));
  m_heap.dealloc(block, kTwenty);
  EXPECT_EQ(g_seen.size(), 1U);
}

TEST_F(GuardedHeap, FillsFreshAndFreedMemory) {
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  EXPECT_TRUE(std::all_of(block, block + 20, [](std::uint8_t b) { return b == 0xCD; }));
  m_heap.dealloc(block, kTwenty);
  EXPECT_TRUE(std::all_of(block, block + 20, [](std::uint8_t b) { return b == 0xDD; }));
}

TEST_F(GuardedHeap, ReallocAlwaysMoves) {
  auto* const block = static_cast<std::uint8_t*>(m_heap.alloc(kTwenty));
  void* const moved = m_heap.realloc(block, kTwenty, 21);
  EXPECT_NE(moved, block);
  block[0] = 7;  // Through the old pointer.
  m_heap.dealloc(moved, Layout::fromUnchecked(21, 4));
  m_heap.flush();
  EXPECT_THAT(kinds(), testing::ElementsAre(Kind::WriteAfterFree));
}

TEST(GuardedHeapDeathTest, WritesOneLineAndEndsTheProgram) {
  static constinit Guarded<System> heap;
  auto* const block = static_cast<std::uint8_t*>(heap.alloc(kTwenty));
  block[20] = 0x41;
  EXPECT_DEATH(heap.dealloc(block, kTwenty),
               "heaptap: Guarded: write past the end: block 0x[0-9a-f]+ of 20 bytes, alignment 4; "
               "byte 20 is 0x41, not 0xfe; allocated at( 0x[0-9a-f]+)+; freed at( 0x[0-9a-f]+)+\n");
  block[20] = 0xFE;
  heap.dealloc(block, kTwenty);
}

TEST(GuardedHeapDeathTest, NamesBothLayouts) {
  static constinit Guarded<System> heap;
  void* const block = heap.alloc(kTwenty);
  EXPECT_DEATH(
      heap.dealloc(block, Layout::fromUnchecked(24, 8)),
      "wrong layout: block .* of 20 bytes, alignment 4; ended as 24 bytes, alignment 8; allocated at");
  heap.dealloc(block, kTwenty);
}

TEST(GuardedHeap2, WorksWithoutStacks) {
  g_seen.clear();
  const Guarded<Bookkeeper, 0> heap{
      GuardOptions{.report = &note, .then = GuardOptions::Then::GoOn, .quarantine = 0}};
  auto* const block = static_cast<std::uint8_t*>(heap.alloc(kTwenty));
  block[20] = 0;
  heap.dealloc(block, kTwenty);
  ASSERT_EQ(g_seen.size(), 1U);
  EXPECT_TRUE(g_seen[0].allocationStack.empty());
  EXPECT_EQ(heap.inner().live(), 0U) << "nothing is kept";
}

}  // namespace
}  // namespace heaptap
