// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/stack_table.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

std::vector<WalkedFrame> framesAt(const std::vector<std::uint64_t>& pcs) {
  std::vector<WalkedFrame> frames;
  for (const std::uint64_t pc : pcs) frames.push_back({pc, 0, 0});
  return frames;
}

class StackTableTest : public testing::Test {
 protected:
  StackTableTest() { m_table.attach(m_memory.header()); }
  std::uint32_t intern(const std::vector<std::uint64_t>& pcs, WalkEnd end = WalkEnd::Complete) {
    const auto frames = framesAt(pcs);
    return m_table.intern(frames.data(), {frames.size(), end});
  }
  // The pcs of a stored stack, innermost first; fixed frames show as their id.
  [[nodiscard]] std::vector<std::uint64_t> stored(std::uint32_t node) const {
    const auto& geometry = m_memory.view().geometry();
    const auto* nodes = m_memory.view().entries<wire::NodeEntry>(geometry.nodes);
    const auto* frames = m_memory.view().entries<wire::FrameEntry>(geometry.frames);
    std::vector<std::uint64_t> pcs;
    for (; node != wire::kRootNode; node = wire::NodeEntry::parent(nodes[node].word.load())) {
      const std::uint32_t frame = wire::NodeEntry::frame(nodes[node].word.load());
      pcs.push_back(frame < wire::kFirstFrame ? frame : frames[frame].pc);
    }
    return pcs;
  }
  PreparedMemory m_memory{kSmallMemory};
  StackTable m_table;
};

TEST_F(StackTableTest, GivesEqualStacksOneIdAndOthersAnother) {
  const std::uint32_t a = intern({0x10, 0x20, 0x30});
  EXPECT_EQ(intern({0x10, 0x20, 0x30}), a);
  EXPECT_NE(intern({0x11, 0x20, 0x30}), a);
  EXPECT_NE(intern({0x20, 0x30}), a);
  EXPECT_EQ(stored(a), (std::vector<std::uint64_t>{0x10, 0x20, 0x30}));
}

TEST_F(StackTableTest, MarksStacksThatAreNotWhole) {
  EXPECT_EQ(stored(intern({0x10}, WalkEnd::Truncated)),
            (std::vector<std::uint64_t>{0x10, wire::kTruncatedFrame}));
  EXPECT_EQ(stored(intern({0x10}, WalkEnd::Lost)), (std::vector<std::uint64_t>{0x10, wire::kLostFrame}));
  EXPECT_EQ(intern({}), wire::kRootNode);
}

TEST_F(StackTableTest, GrowsThroughAllLevelsAndForgetsNothing) {
  std::mt19937_64 random(7);
  std::vector<std::vector<std::uint64_t>> stacks;
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 40'000; ++i) {
    stacks.push_back({random() % 50'000 + 4096, random() % 100 + 4096, 0x9999});
    ids.push_back(intern(stacks.back()));
  }
  EXPECT_GE(m_memory.header()->nodeTable.newestLevel.load(), 1U);
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    ASSERT_EQ(intern(stacks[i]), ids[i]);
    ASSERT_EQ(stored(ids[i]), stacks[i]);
  }
}

TEST(StackTableFull, SaysOverflowAndKeepsWhatItHas) {
  wire::Capacity tiny = kSmallMemory;
  tiny.nodes = 64;
  tiny.frames = 64;
  const PreparedMemory memory(tiny);
  StackTable table;
  table.attach(memory.header());
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  for (std::uint64_t pc = 1; pc <= 1000; ++pc) {
    const auto frames = framesAt({pc});
    last = table.intern(frames.data(), {1, WalkEnd::Complete});
    if (pc == 1) first = last;
  }
  EXPECT_EQ(last, wire::kOverflowNode);
  const auto frames = framesAt({1});
  EXPECT_EQ(table.intern(frames.data(), {1, WalkEnd::Complete}), first);
}

TEST_F(StackTableTest, StoresTheSameStacksWhicheverThreadIsFirst) {
  constexpr unsigned kThreads = 4;
  std::vector<std::thread> threads;
  std::atomic<unsigned> wrong{0};
  for (unsigned t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::vector<std::uint64_t> pcs{i % 3001 + 1, i % 17 + 5000, 0x77};
        if (stored(intern(pcs)) != pcs) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace heaptap::capture
