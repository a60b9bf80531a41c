// SPDX-License-Identifier: Apache-2.0
#include "collector/model/counts_copy.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "collector/model/session_model.h"

namespace heaptap::model {
namespace {

/// A program that allocates and frees at random in three heaps, one of which it names later, with more and
/// more pairs.
class RandomProgram {
 public:
  explicit RandomProgram(unsigned seed) : m_random(seed) {
    model.addThread();
    for (int i = 0; i < 10; ++i) addPair();
  }

  void step() {
    if (m_random() % 50 == 0) addPair();
    if (model.heaps() < 3 && m_random() % 500 == 0) model.addHeap();
    const bool growing = m_steps++ / 300 % 2 == 0;
    const bool frees = !m_live.empty() && m_random() % 100 < (growing ? 40U : 60U);
    const std::uint64_t now = m_steps;
    if (!frees) {
      const auto pair = static_cast<PairId>(m_random() % model.pairs());
      m_live.emplace_back(model.numbered(), pair);
      model.apply(Allocation{.atNs = now, .thread = {}, .pair = pair});
      return;
    }
    std::swap(m_live[m_random() % m_live.size()], m_live.back());
    const auto [number, pair] = m_live.back();
    m_live.pop_back();
    model.apply(Free{.atNs = now,
                     .thread = {},
                     .number = number,
                     .pair = pair,
                     .lifetimeLog2 = 1,
                     .stack = static_cast<StackId>(m_random() % 4)});
  }
  std::size_t upTo(std::size_t most) { return m_random() % (most + 1); }

  SessionModel model;

 private:
  void addPair() {
    model.addPair({.size = 1 + m_random() % 100, .heap = static_cast<HeapId>(m_random() % model.heaps())});
  }

  std::mt19937 m_random;
  std::uint64_t m_steps = 0;
  std::vector<std::pair<std::uint64_t, PairId>> m_live;
};

/// What a caller has who is told of changes only.
struct Caller {
  Moment moment;
  std::vector<PairCounters> pairs;

  void take(const CountsCopy& copy) {
    pairs.resize(copy.counts.pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (!copy.since || copy.changed[i] != 0) pairs[i] = copy.counts.pairs[i];
    moment = copy.moment;
  }
};

class CountsCopies : public testing::TestWithParam<unsigned> {};

TEST_P(CountsCopies, AreOfOneMomentWhateverIsCountedMeanwhile) {
  RandomProgram program(GetParam());
  std::vector<Caller> callers(3);
  std::uint64_t changes = 0, entries = 0;
  for (int round = 0; round < 300; ++round) {
    for (std::size_t i = program.upTo(40); i > 0; --i) program.step();
    CountsCopy copy;
    Caller& caller = callers[program.upTo(2)];
    if (caller.moment.epoch != 0) copy.since = caller.moment;
    copy.makeRoom(program.model.pairs() + 3, program.model.freeSites() + 3);
    const Counts then = program.model.counts();
    program.model.beginCopy(copy);
    do {
      for (std::size_t i = program.upTo(5); i > 0; --i) program.step();
    } while (!program.model.copySome(program.upTo(20)));
    copy.sort();
    ASSERT_EQ(copy.counts, then) << "round " << round;
    caller.take(copy);
    ASSERT_EQ(caller.pairs, then.pairs) << "round " << round;
    for (const std::uint8_t changed : copy.changed) changes += changed;
    entries += copy.changed.size();
  }
  EXPECT_LT(changes, entries) << "and not all of them each time";
}

INSTANTIATE_TEST_SUITE_P(Seeds, CountsCopies, testing::Range(0U, 10U));

TEST(CountsCopy, APairThatIsNotTouchedChangesWithANewPeak) {
  SessionModel model;
  model.addThread();
  model.addPair({.size = 10});
  model.addPair({.size = 1000});
  const auto allocate = [&](std::uint32_t pair) {
    model.apply(Allocation{.atNs = 1, .thread = {}, .pair = PairId{pair}});
  };
  const auto copied = [&](std::optional<Moment> since) {
    CountsCopy copy;
    copy.since = std::move(since);
    copy.makeRoom(model.pairs(), 0);
    model.beginCopy(copy);
    while (!model.copySome(1)) continue;
    return copy;
  };
  allocate(0);
  model.apply(Free{.atNs = 2, .thread = {}, .number = 0, .pair = PairId{0}, .lifetimeLog2 = 1});
  const CountsCopy before = copied(std::nullopt);
  allocate(1);
  const CountsCopy after = copied(before.moment);
  EXPECT_EQ(before.counts.pairs[0].liveAtPeak, 1U);
  EXPECT_EQ(after.counts.pairs[0].liveAtPeak, 0U);
  EXPECT_EQ(after.changed, (std::vector<std::uint8_t>{1, 1}));
  EXPECT_EQ(copied(after.moment).changed, (std::vector<std::uint8_t>{0, 0}));
}

TEST(CountsCopy, AMomentOfTheFutureIsNotKnown) {
  SessionModel model;
  model.addPair({.size = 10});
  CountsCopy copy;
  copy.since = Moment{.epoch = 1'000'000, .peakEpochs = {}};
  copy.makeRoom(1, 0);
  model.beginCopy(copy);
  EXPECT_TRUE(model.copySome(10));
  EXPECT_FALSE(copy.since);
  EXPECT_TRUE(copy.changed.empty());
}

}  // namespace
}  // namespace heaptap::model
