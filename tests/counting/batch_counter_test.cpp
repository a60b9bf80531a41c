// SPDX-License-Identifier: Apache-2.0
#include "counting/batch_counter.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "collector/model/session_model.h"

namespace heaptap::counting {
namespace {

using model::PairId;
using model::StackId;
using model::ThreadIndex;

/// What a random program is like.
struct Kind {
  const char* name;
  std::uint64_t sampleInterval = 0;
  std::uint32_t heaps = 1;
  bool keepsFreeStacks = false;
  int freePercent = 48;           ///< Of events; above 50 the heap shrinks whenever it can.
  std::uint64_t mostNs = 10'000;  ///< Between two events.
  std::uint64_t mostEventsOfBatch = 3'000;
};

/// Does the same at random to a model that applies each event and to one that merges batches.
class RandomProgram {
 public:
  RandomProgram(const Kind& kind, unsigned seed) : m_kind(kind), m_random(seed) {
    for (std::uint32_t heap = 2; heap < kind.heaps; ++heap) {
      byEvent.addHeap();
      byBatch.addHeap();
    }
    for (int i = 0; i < 5; ++i) {
      byEvent.addThread();
      byBatch.addThread();
    }
    for (int i = 0; i < 50; ++i) addPair();
  }

  void batch() {
    if (m_random() % 3 == 0) addPair();
    for (std::uint64_t left = 1 + m_random() % m_kind.mostEventsOfBatch; left != 0; --left) event();
    byBatch.merge(m_counter.finish());
  }

  model::SessionModel byEvent;
  model::SessionModel byBatch;

 private:
  struct Block {
    std::uint64_t number;
    std::uint32_t pair;
  };

  void addPair() {
    const std::uint32_t heap =
        m_random() % 4 == 0 ? static_cast<std::uint32_t>(m_random() % m_kind.heaps) : 0;
    const model::Pair pair{.size = m_random() % 5 == 0 ? m_random() % 100'000 : m_random() % 100,
                           .sampleInterval = heap == 0 ? m_kind.sampleInterval : 0,
                           .heap = model::HeapId{heap}};
    byEvent.addPair(pair);
    byBatch.addPair(pair);
    m_counter.addPair(
        {.bytes = pair.bytes(), .weight = pair.sampleInterval == 0 ? 0 : pair.weight(), .heap = heap});
  }

  void event() {
    m_nowNs +=
        m_random() % 50 == 0 ? m_random() % (1 + 100 * m_kind.mostNs) : m_random() % (1 + m_kind.mostNs);
    const auto thread = static_cast<std::uint32_t>(m_random() % 5);
    const bool isFree = !m_live.empty() && static_cast<int>(m_random() % 100) < m_kind.freePercent;
    if (!isFree) {
      const auto pair = static_cast<std::uint32_t>(m_random() % m_counter.pairs());
      m_live.push_back({m_number++, pair});
      byEvent.apply(model::Allocation{.atNs = m_nowNs, .thread = ThreadIndex{thread}, .pair = PairId{pair}});
      return m_counter.allocation(m_nowNs, thread, pair);
    }
    // Often the last one, so that there are temporaries.
    const std::size_t at = m_random() % 2 == 0 ? m_live.size() - 1 : m_random() % m_live.size();
    std::swap(m_live[at], m_live.back());
    const Block block = m_live.back();
    m_live.pop_back();
    BatchCounter::Freed freed{.number = block.number,
                              .pair = block.pair,
                              .lifetimeLog2 = static_cast<std::uint8_t>(m_random() % 64)};
    if (m_kind.keepsFreeStacks) freed.stack = static_cast<std::uint32_t>(m_random() % 4);
    if (m_kind.sampleInterval != 0) freed.temporary = m_random() % 3 == 0;
    byEvent.apply(model::Free{.atNs = m_nowNs,
                              .thread = ThreadIndex{thread},
                              .number = freed.number,
                              .pair = PairId{freed.pair},
                              .lifetimeLog2 = freed.lifetimeLog2,
                              .stack = StackId{freed.stack},
                              .temporary = freed.temporary});
    m_counter.free(m_nowNs, thread, freed);
  }

  const Kind m_kind;
  std::mt19937_64 m_random;
  BatchCounter m_counter;
  std::vector<Block> m_live;
  std::uint64_t m_number = 0;
  std::uint64_t m_nowNs = 0;
};

void expectSame(const model::SessionCounters& found, const model::SessionCounters& expected) {
  EXPECT_EQ(found.counts.totals, expected.counts.totals);
  EXPECT_EQ(found.counts.heaps, expected.counts.heaps);
  EXPECT_EQ(found.counts.pairs, expected.counts.pairs);
  EXPECT_EQ(found.counts.freeSites, expected.counts.freeSites);
  EXPECT_EQ(found.lifetimes, expected.lifetimes);
  EXPECT_EQ(found.timeline, expected.timeline);
  EXPECT_EQ(found.rests, expected.rests);
  EXPECT_EQ(found.lastAllocations, expected.lastAllocations);
}

class BatchesOf : public testing::TestWithParam<Kind> {};

TEST_P(BatchesOf, AddUpToWhatTheirEventsDo) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    RandomProgram program(GetParam(), seed);
    for (int batch = 0; batch < 60; ++batch) {
      program.batch();
      expectSame(program.byBatch.counters(), program.byEvent.counters());
      ASSERT_EQ(program.byBatch.numbered(), program.byEvent.numbered());
      ASSERT_FALSE(HasFailure()) << "batch " << batch << " of program " << seed;
    }
    EXPECT_GT(program.byEvent.totals().peakBytes, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Programs, BatchesOf,
    testing::Values(Kind{.name = "thatGrow"}, Kind{.name = "thatShrink", .freePercent = 60},
                    Kind{.name = "ofManyHeaps", .heaps = 6, .keepsFreeStacks = true},
                    Kind{.name = "thatAreSampled", .sampleInterval = 512, .heaps = 3},
                    Kind{.name = "thatAreSampledSeldom", .sampleInterval = 1 << 20, .keepsFreeStacks = true},
                    Kind{.name = "ofSingleEvents", .heaps = 3, .mostEventsOfBatch = 2},
                    Kind{.name = "thatAreSlow", .heaps = 3, .mostNs = 1'000'000'000},
                    Kind{.name = "thatAreFast", .mostNs = 1}),
    [](const auto& kind) { return std::string(kind.param.name); });

TEST(BatchCounter, WhatWasCopiedMeanwhileIsOfOneMoment) {
  RandomProgram program({.name = "", .heaps = 4}, 7);
  program.batch();
  const model::Counts then = program.byBatch.counts();
  model::CountsCopy copy;
  copy.makeRoom(program.byBatch.pairs(), 0);
  program.byBatch.beginCopy(copy);
  for (int i = 0; i < 5; ++i) {
    program.byBatch.copySome(10);
    program.batch();
  }
  while (!copy.isWhole()) program.byBatch.copySome(10);
  EXPECT_EQ(copy.counts, then);
}

}  // namespace
}  // namespace heaptap::counting
