// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/alloc/contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace heaptap {
namespace {

std::uint8_t markAt(std::size_t i) { return static_cast<std::uint8_t>(i * 31 + 7); }

void expectZeroed(AnyAllocator allocator, Layout layout) {
  auto* const bytes = static_cast<std::uint8_t*>(allocator.allocZeroed(layout));
  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % layout.align(), 0U);
  EXPECT_TRUE(std::all_of(bytes, bytes + layout.size(), [](std::uint8_t b) { return b == 0; }));
  EXPECT_GE(allocator.usableSize(bytes, layout), layout.size());
  allocator.dealloc(bytes, layout);
}

}  // namespace

MarkedBlock::MarkedBlock(AnyAllocator allocator, Layout layout)
    : m_allocator(allocator), m_layout(layout), m_bytes(place(allocator.alloc(layout))) {
  mark(0);
}

MarkedBlock::~MarkedBlock() {
  if (m_bytes == nullptr) return;
  EXPECT_TRUE(isMarked(m_layout.size()));
  m_allocator.dealloc(m_bytes, m_layout);
}

bool MarkedBlock::realloc(std::size_t size) {
  const std::size_t kept = std::min(size, m_layout.size());
  void* const moved = m_allocator.realloc(m_bytes, m_layout, size);
  if (moved == nullptr) {
    EXPECT_TRUE(isMarked(m_layout.size())) << "what could not move is as it was";
    return false;
  }
  m_layout = Layout::fromUnchecked(size, m_layout.align());
  m_bytes = place(moved);
  EXPECT_TRUE(isMarked(kept)) << "realloc keeps what was in the block";
  mark(kept);
  return true;
}

bool MarkedBlock::resizeInPlace(std::size_t size) {
  const std::size_t kept = std::min(size, m_layout.size());
  const bool done = size >= m_layout.size() ? m_allocator.growInPlace(m_bytes, m_layout, size)
                                            : m_allocator.shrinkInPlace(m_bytes, m_layout, size);
  if (done) m_layout = Layout::fromUnchecked(size, m_layout.align());
  EXPECT_TRUE(isMarked(kept));
  mark(kept);
  return done;
}

std::uint8_t* MarkedBlock::place(void* block) const {
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % m_layout.align(), 0U);
  return static_cast<std::uint8_t*>(block);
}

void MarkedBlock::mark(std::size_t from) {
  if (m_bytes == nullptr) return;
  for (std::size_t i = from; i < m_layout.size(); ++i) m_bytes[i] = markAt(i);
}

bool MarkedBlock::isMarked(std::size_t size) const {
  for (std::size_t i = 0; i < size; ++i) {
    if (m_bytes[i] != markAt(i)) return false;
  }
  return true;
}

void expectContract(AnyAllocator allocator) {
  for (const std::size_t align : kAlignments) {
    std::vector<MarkedBlock> beside;  // A write outside of a block shows in one of them.
    for (const std::size_t size : kSizes) {
      const Layout layout = Layout::fromUnchecked(size, align);
      MarkedBlock block(allocator, layout);
      ASSERT_TRUE(block);
      beside.emplace_back(allocator, layout);
      ASSERT_TRUE(beside.back());
      ASSERT_TRUE(block.realloc(size * 3));
      block.resizeInPlace(size * 3 + 1);
      block.resizeInPlace(size);
      ASSERT_TRUE(block.realloc(1));
      expectZeroed(allocator, layout);
    }
  }

  // More than there is, up to the largest layouts of all: adapters that add to them must not wrap around.
  MarkedBlock block(allocator, Layout::fromUnchecked(24, 8));
  ASSERT_TRUE(block);
  constexpr auto kMost = static_cast<std::size_t>(PTRDIFF_MAX);
  EXPECT_FALSE(block.realloc(kMost - 7));
  EXPECT_FALSE(block.resizeInPlace(kMost - 7));
  for (const std::size_t align : {std::size_t{1}, std::size_t{4096}, std::size_t{1} << 62}) {
    const Layout layout = Layout::fromUnchecked(kMost + 1 - align, align);
    EXPECT_EQ(allocator.alloc(layout), nullptr);
    EXPECT_EQ(allocator.allocZeroed(layout), nullptr);
  }
}

void expectContractFromThreads(AnyAllocator allocator, int rounds) {
  constexpr std::size_t kThreads = 16;
  std::array<std::mutex, kThreads> mutexes;
  std::array<std::vector<MarkedBlock>, kThreads> inboxes;
  std::vector<std::thread> threads;
  for (std::size_t self = 0; self < kThreads; ++self) {
    threads.emplace_back([&, self] {
      for (int round = 0; round < rounds; ++round) {
        const auto n = static_cast<std::size_t>(round);
        MarkedBlock block(allocator,
                          Layout::fromUnchecked(kSizes[n % kSizes.size()], std::size_t{1} << n % 8));
        ASSERT_TRUE(block);
        ASSERT_TRUE(block.realloc(1 + n % 700));
        const std::size_t to = (self + n) % kThreads;
        {
          const std::lock_guard lock(mutexes[to]);
          inboxes[to].push_back(std::move(block));
        }
        std::vector<MarkedBlock> mine;
        const std::lock_guard lock(mutexes[self]);
        mine.swap(inboxes[self]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace heaptap
