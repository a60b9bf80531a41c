// SPDX-License-Identifier: Apache-2.0
//
// Are the estimates right, and are their errors? A program is recorded many times, with other samples each
// time, and compared with what it really did.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "agent/capture/record/sampler.h"
#include "collector/model/estimate.h"
#include "collector/model/session_model.h"
#include "collector/replay/thread_pairs.h"

namespace heaptap {
namespace {

using model::PairId;

constexpr int kSeeds = 1000;

struct Block {
  std::uint64_t size;
  bool freed;
};

/// Sizes as programs have them: many small ones, few large ones, some far above the interval.
std::vector<Block> program(std::size_t blocks) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> sizes(4.5, 2.2);
  std::vector<Block> made;
  for (std::size_t i = 0; i < blocks; ++i)
    made.push_back(
        {static_cast<std::uint64_t>(sizes(random)) + (i % 1000 == 0 ? 300'000 : 0), random() % 3 != 0});
  return made;
}

/// What was recorded of one run: each sample is a pair of its own.
class SampledRun {
 public:
  explicit SampledRun(std::uint64_t seed) {
    m_sampler.seed(seed);
    m_model.addThread();
  }

  void setInterval(std::uint64_t interval) {
    m_interval = interval;
    m_left =
        m_sampler.nextDistance(interval);  // What is left of the old distance is forgotten: so says its law.
  }
  void play(const std::vector<Block>& blocks) {
    for (const Block& block : blocks)
      if (isSampled(block.size)) record(block);
  }
  [[nodiscard]] model::Estimates estimates() const {
    model::Estimates estimates;
    for (std::size_t i = 0; i < m_model.pairs(); ++i)
      estimates.add(m_definitions.now().pairs[i], m_model.counters(static_cast<PairId>(i)));
    return estimates;
  }
  [[nodiscard]] const model::SessionModel& model() const { return m_model; }
  [[nodiscard]] const model::DefinitionsView& definitions() const { return m_definitions.now(); }

 private:
  bool isSampled(std::uint64_t size) {
    const auto bytes = static_cast<std::int64_t>(size == 0 ? 1 : size);
    if (m_left >= bytes) {
      m_left -= bytes;
      return false;
    }
    m_left = m_sampler.nextDistance(m_interval);
    return true;
  }
  void record(const Block& block) {
    const auto pair = static_cast<PairId>(m_model.pairs());
    m_definitions.add(model::Pair{.size = block.size, .sampleInterval = m_interval});
    m_model.addPair(m_definitions.now().pair(pair));
    const std::uint64_t number = m_model.totals().allocations;
    m_model.apply(model::Allocation{.atNs = ++m_now, .thread = {}, .pair = pair});
    if (block.freed)
      m_model.apply(
          model::Free{.atNs = ++m_now, .thread = {}, .number = number, .pair = pair, .lifetimeLog2 = 1});
  }

  capture::Sampler m_sampler;
  model::Definitions m_definitions;
  model::SessionModel m_model;
  std::uint64_t m_interval = 0;
  std::int64_t m_left = 0;
  std::uint64_t m_now = 0;
};

/// How estimates lie around the truth, in units of their own standard errors.
class Spread {
 public:
  explicit Spread(double truth) : m_truth(truth) {}

  void add(double estimate, double error) {
    m_sum += estimate;
    m_squares += (estimate - m_truth) * (estimate - m_truth);
    m_variances += error * error;
    if (error > 0 && std::abs(estimate - m_truth) <= error) ++m_within;
    ++m_runs;
  }
  /// `atLeastWithin`: the share of runs that are no further from the truth than one error. A normal
  /// distribution has 68 %; numbers of small blocks, of which few are sampled and stand for many, are less
  /// even.
  void expectHonest(const char* what, double atLeastWithin) const {
    const double mean = m_sum / m_runs;
    const double meanError = std::sqrt(m_squares / m_runs / m_runs);
    EXPECT_NEAR(mean, m_truth, 4 * meanError) << what << ": the mean of all runs is not the truth";
    EXPECT_NEAR(m_variances / m_squares, 1, 0.2)
        << what << ": the stated errors are not those that were made";
    EXPECT_GT(static_cast<double>(m_within) / m_runs, atLeastWithin) << what;
    EXPECT_GT(m_squares, 0) << what << ": nothing was estimated";
  }

 private:
  double m_truth;
  double m_sum = 0;
  double m_squares = 0;
  double m_variances = 0;
  int m_within = 0;
  int m_runs = 0;
};

struct Truth {
  double blocks = 0, bytes = 0, liveBlocks = 0, liveBytes = 0;
  void add(const std::vector<Block>& made) {
    for (const Block& block : made) {
      const auto size = static_cast<double>(block.size);
      blocks += 1;
      bytes += size;
      liveBlocks += block.freed ? 0 : 1;
      liveBytes += block.freed ? 0 : size;
    }
  }
};

void expectHonestOver(const std::vector<std::pair<std::uint64_t, std::vector<Block>>>& phases) {
  Truth truth;
  for (const auto& [interval, blocks] : phases) truth.add(blocks);
  Spread blocks(truth.blocks), bytes(truth.bytes), liveBlocks(truth.liveBlocks), liveBytes(truth.liveBytes);
  for (int seed = 0; seed < kSeeds; ++seed) {
    SampledRun run(static_cast<std::uint64_t>(seed));
    for (const auto& [interval, made] : phases) {
      run.setInterval(interval);
      run.play(made);
    }
    const model::Estimates e = run.estimates();
    blocks.add(static_cast<double>(e.allocated.blocks()), e.allocated.blocksError());
    bytes.add(static_cast<double>(e.allocated.bytes()), e.allocated.bytesError());
    liveBlocks.add(static_cast<double>(e.live.blocks()), e.live.blocksError());
    liveBytes.add(static_cast<double>(e.live.bytes()), e.live.bytesError());
  }
  blocks.expectHonest("blocks", 0.5);
  bytes.expectHonest("bytes", 0.6);
  liveBlocks.expectHonest("live blocks", 0.5);
  liveBytes.expectHonest("live bytes", 0.6);
}

TEST(Estimates, LieAroundTheTruthAsFarAsTheySay) { expectHonestOver({{20'000, program(20'000)}}); }

TEST(Estimates, OfLargeAndSmallBlocksTogether) {
  std::vector<Block> blocks(5000, Block{.size = 16, .freed = false});
  blocks.resize(5100, Block{.size = 1 << 20, .freed = true});
  blocks.resize(9000, Block{.size = 5000, .freed = false});
  expectHonestOver({{10'000, blocks}});
}

TEST(Estimates, StayTrueWhenTheIntervalChangesMeanwhile) {
  expectHonestOver({{5'000, program(4000)}, {50'000, program(8000)}, {15'000, program(4000)}});
}

TEST(Estimates, OfCellsOfThreadsLieAroundTheTruthToo) {
  constexpr std::size_t kThreads = 2;
  constexpr std::uint64_t kInterval = 15'000;
  const std::vector<Block> blocks = program(20'000);
  // By who frees; 0: nobody.
  const auto sideOf = [&](std::size_t i) {
    return blocks[i].freed ? static_cast<replay::ThreadPairs::Side>(1 + i % kThreads) : 0;
  };
  std::vector<double> trueBlocks(kThreads + 1), trueBytes(kThreads + 1);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    trueBlocks[sideOf(i)] += 1;
    trueBytes[sideOf(i)] += static_cast<double>(blocks[i].size);
  }
  std::vector<Spread> ofBlocks(trueBlocks.begin(), trueBlocks.end()),
      ofBytes(trueBytes.begin(), trueBytes.end());
  for (int seed = 0; seed < kSeeds; ++seed) {
    capture::Sampler sampler;
    sampler.seed(static_cast<std::uint64_t>(seed));
    std::int64_t left = sampler.nextDistance(kInterval);
    replay::ThreadPairs pairs(1, kThreads);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto bytes = static_cast<std::int64_t>(std::max<std::uint64_t>(blocks[i].size, 1));
      if (left >= bytes) {
        left -= bytes;
        continue;
      }
      left = sampler.nextDistance(kInterval);
      // As it goes: live first, and then no more.
      const model::Pair pair{.size = blocks[i].size, .sampleInterval = kInterval};
      ASSERT_TRUE(pairs.add(0, 1, 0, pair));
      if (!blocks[i].freed) continue;
      ASSERT_TRUE(pairs.remove(0, 1, 0, pair));
      ASSERT_TRUE(pairs.add(0, 1, sideOf(i), pair));
    }
    for (const model::ThreadCell& cell : pairs.cells()) {
      const std::size_t side = cell.freedBy ? index(*cell.freedBy) + 1 : 0;
      ofBlocks[side].add(static_cast<double>(cell.blocks), std::sqrt(cell.blocksVariance));
      ofBytes[side].add(static_cast<double>(cell.bytes), std::sqrt(cell.bytesVariance));
    }
  }
  for (std::size_t side = 0; side <= kThreads; ++side) {
    SCOPED_TRACE("freed by " + std::to_string(side));
    ofBlocks[side].expectHonest("blocks", 0.5);
    ofBytes[side].expectHonest("bytes", 0.6);
  }
}

TEST(Estimates, OfTheModelAndOfItsPairsAreTheSame) {
  SampledRun run(1);
  run.setInterval(8000);
  run.play(program(20'000));
  const model::Estimates e = run.estimates();
  const model::Totals& totals = run.model().totals();
  EXPECT_EQ(totals.liveBytes, e.live.bytes());
  EXPECT_EQ(totals.allocatedBytes, e.allocated.bytes());
  EXPECT_NEAR(totals.estimate.liveBlocks, static_cast<double>(e.live.blocks()), 0.51);
  EXPECT_NEAR(std::sqrt(totals.estimate.liveVariance), e.live.bytesError(), 1e-4 * e.live.bytesError());
  EXPECT_NEAR(std::sqrt(totals.estimate.peakVariance), e.atPeak.bytesError(), 1e-4 * e.atPeak.bytesError());
}

TEST(Estimates, CountWholeAllocationsOverTime) {
  SampledRun run(2);
  run.setInterval(8000);
  run.play(program(20'000));
  std::uint64_t allocations = 0, frees = 0, lifetimes = 0;
  for (const auto& bucket : run.model().timeline().buckets()) {
    allocations += bucket.allocations;
    frees += bucket.frees;
  }
  for (const std::uint64_t count : run.model().lifetimes()) lifetimes += count;
  const model::Estimates e = run.estimates();
  EXPECT_NEAR(static_cast<double>(allocations), static_cast<double>(e.allocated.blocks()), 1.51);
  EXPECT_NEAR(static_cast<double>(frees), static_cast<double>(e.freed.blocks()), 1.51);
  EXPECT_EQ(lifetimes, frees);
}

TEST(Estimates, GoOnFromACheckpoint) {
  SampledRun run(3);
  run.setInterval(8000);
  run.play(program(5000));
  model::SessionModel restored;
  restored.addThread();
  for (const model::Pair& pair : run.definitions().pairs) restored.addPair(pair);
  model::SessionCounters counters = run.model().counters();
  counters.counts.totals.estimate = model::estimatedTotals(counters.counts.pairs, run.definitions());
  restored.restore(counters);
  const model::EstimatedTotals& before = run.model().totals().estimate;
  const model::EstimatedTotals& after = restored.totals().estimate;
  EXPECT_NEAR(after.allocations, before.allocations, 1e-6 * before.allocations);
  EXPECT_NEAR(after.liveBlocks, before.liveBlocks, 1e-6 * before.liveBlocks);
  EXPECT_NEAR(after.liveVariance, before.liveVariance, 1e-6 * before.liveVariance);
  EXPECT_NEAR(after.peakVariance, before.peakVariance, 1e-6 * before.peakVariance);
  EXPECT_EQ(restored.timeline(), run.model().timeline());
}

TEST(Estimates, AreExactWhereEveryAllocationIsRecorded) {
  model::Estimate estimate;
  estimate.add({.size = 24}, 5);
  estimate.add({.size = 0}, 2);
  EXPECT_EQ(estimate.blocks(), 7U);
  EXPECT_EQ(estimate.bytes(), 120U);
  EXPECT_EQ(estimate.blocksError(), 0);
  EXPECT_EQ(estimate.bytesError(), 0);
}

}  // namespace
}  // namespace heaptap
