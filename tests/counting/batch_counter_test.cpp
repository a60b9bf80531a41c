// SPDX-License-Identifier: Apache-2.0
#include "counting/batch_counter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

#include "collector/model/session_model.h"
#include "counting/span_builder.h"

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
  std::uint32_t threads = 5;
};

/// Does the same at random to a model that applies each event and to one that merges batches.
class RandomProgram {
 public:
  RandomProgram(const Kind& kind, unsigned seed) : m_kind(kind), m_random(seed) {
    for (std::uint32_t heap = 2; heap < kind.heaps; ++heap) {
      byEvent.addHeap();
      byBatch.addHeap();
    }
    for (std::uint32_t i = 0; i < kind.threads; ++i) {
      byEvent.addThread();
      byBatch.addThread();
    }
    for (int i = 0; i < 50; ++i) addPair();
  }

  void batch() {
    if (m_random() % 3 == 0) addPair();
    for (std::uint64_t left = 1 + m_random() % m_kind.mostEventsOfBatch; left != 0; --left) event();
    const BatchSums& sums = m_counter.finish();
    byBatch.merge(sums);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> allocators;
    for (const BatchSums::Allocator& each : sums.allocators)
      EXPECT_TRUE(allocators.emplace(std::pair(each.pair, each.thread), each.allocations).second);
    EXPECT_EQ(allocators, m_allocators);
    m_allocators.clear();
    // Spans of several lengths, of which each is the sum of its batches.
    m_spans.add(
        {.firstEvent = m_events, .firstAllocation = m_spanAllocations, .events = sumOf(sums), .bytes = 1},
        sums, m_finished);
    m_events += sumOf(sums);
    m_spanAllocations = m_number;
  }
  [[nodiscard]] const std::vector<Span>& finished() const { return m_finished; }
  [[nodiscard]] std::uint64_t events() const { return m_events; }

  model::SessionModel byEvent;
  model::SessionModel byBatch;

 private:
  struct Block {
    std::uint64_t number;
    std::uint32_t pair;
  };

  static std::uint64_t sumOf(const BatchSums& sums) {
    std::uint64_t events = 0;
    for (const BatchSums::OfPair& of : sums.pairs) events += std::uint64_t{of.allocations} + of.frees;
    return events;
  }
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
    const auto thread = static_cast<std::uint32_t>(m_random() % m_kind.threads);
    const bool isFree = !m_live.empty() && static_cast<int>(m_random() % 100) < m_kind.freePercent;
    if (!isFree) {
      const auto pair = static_cast<std::uint32_t>(m_random() % m_counter.pairs());
      m_live.push_back({m_number++, pair});
      ++m_allocators[{pair, thread}];
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
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>
      m_allocators;  ///< Of the batch, by pair and thread.
  SpanBuilder m_spans{{.leastEvents = 10, .mostEvents = 3'000, .bytesByEntry = 0, .spansInNext = 2}};
  std::vector<Span> m_finished;
  std::uint64_t m_events = 0;
  std::uint64_t m_spanAllocations = 0;
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

/// Each level adds up to all that it has, and the levels agree.
void expectSpans(const RandomProgram& program) {
  for (std::uint32_t level = 1; level < SpanBuilder::kLevels; ++level)
    for (const Span& span : program.finished()) {
      if (span.level != level) continue;
      SpanSums sums;
      std::uint64_t events = 0;
      for (const Span& part : program.finished()) {
        if (part.level != 0 || part.firstEvent < span.firstEvent ||
            part.firstEvent >= span.firstEvent + span.events)
          continue;
        EXPECT_EQ(part.firstEvent, span.firstEvent + events);
        events += part.events;
        sums.add(part.sums);
      }
      EXPECT_EQ(events, span.events);
      EXPECT_EQ(sums, span.sums);
      std::uint64_t counted = 0;
      for (const SpanSums::OfPair& of : span.sums.pairs) counted += of.frees;
      for (const SpanSums::Allocator& each : span.sums.allocators) counted += each.allocations;
      EXPECT_EQ(counted, span.events);
    }
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
    expectSpans(program);
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
                    Kind{.name = "ofManyThreads", .threads = 60}, Kind{.name = "thatAreFast", .mostNs = 1}),
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
