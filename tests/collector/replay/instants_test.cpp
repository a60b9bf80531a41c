// SPDX-License-Identifier: Apache-2.0
//
// The heap at any instant, out of a file, against the same by the plainest means.
#include <gtest/gtest.h>

#include "collector/replay/counts_replay.h"
#include "collector/replay/live_blocks.h"
#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

bool neverStopped() { return false; }

class Instants : public testing::TestWithParam<unsigned> {
 protected:
  Result<Instant> at(const Target& target) { return instantAt(events, target); }
  std::vector<model::LiveBlock> liveAt(const Place& place, std::uint64_t first = 0) {
    std::vector<model::LiveBlock> blocks;
    const auto found =
        forEachLiveBlock(events, place, first, [&](const model::LiveBlock& block) -> Result<void> {
          blocks.push_back(block);
          return {};
        });
    EXPECT_TRUE(found) << found.error().line();
    EXPECT_TRUE(addThreads(events, blocks));
    std::sort(blocks.begin(), blocks.end(),
              [](const model::LiveBlock& a, const model::LiveBlock& b) { return a.number < b.number; });
    return blocks;
  }
  /// Pairs that come later have counted nothing.
  static std::vector<model::PairCounters> known(std::vector<model::PairCounters> pairs) {
    while (!pairs.empty() && pairs.back() == model::PairCounters()) pairs.pop_back();
    return pairs;
  }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, neverStopped};
};

TEST_P(Instants, CountsAtAnyTimeAreThoseOfTheEventsUntilThen) {
  const std::uint64_t end = reference.events().back().atNs;
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t ns = i == 0   ? 0
                             : i == 1 ? end
                             : i == 2 ? end + 1'000'000
                                      : static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1)));
    const auto found = at(AtTime{ns});
    ASSERT_TRUE(found) << found.error().line();
    const Reference::State expected = reference.after(reference.countUntil(ns));
    EXPECT_EQ(known(found->counters.counts.pairs), known(expected.pairs)) << ns;
    EXPECT_EQ(found->counters.counts.totals.liveBytes, expected.liveBytes);
    EXPECT_EQ(found->counters.counts.totals.peakBytes, expected.peakBytes);
    EXPECT_EQ(found->place.total, reference.countUntil(ns));
  }
}

TEST_P(Instants, BlocksAtAnyTimeAreThoseThatNoFreeHasEnded) {
  const std::uint64_t end = reference.events().back().atNs;
  for (int i = 0; i < 40; ++i) {
    const auto ns = static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1)));
    const auto place = at(AtTime{ns}).value().place;
    const auto first =
        i % 2 == 0 ? 0 : static_cast<std::uint64_t>(session.below(static_cast<int>(place.numbered + 1)));
    std::vector<model::LiveBlock> expected;
    for (const auto& [number, block] : reference.after(reference.countUntil(ns)).live)
      if (number >= first) expected.push_back(block);
    EXPECT_EQ(liveAt(place, first), expected) << ns << " from " << first;
  }
}

TEST_P(Instants, ThePeakIsWhereTheHeapFirstWasAsLarge) {
  const auto& totals = session.stored().builder.record().model.totals();
  const auto found = at(AtPeak{.bytes = totals.peakBytes, .ns = totals.peakAtNs});
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(found->counters.counts.totals.liveBytes, totals.peakBytes);
  std::size_t count = 0;
  for (std::uint64_t live = 0; live != totals.peakBytes; ++count) {
    const Reference::Event& event = reference.events()[count];
    live += event.isFree ? 0 - reference.sizeOf(event.pair) : reference.sizeOf(event.pair);
  }
  EXPECT_EQ(found->place.total, count);
  EXPECT_EQ(liveAt(found->place).size(), reference.after(count).live.size());
}

TEST_P(Instants, AMarkIsBetweenTheEventsAroundIt) {
  for (const model::Mark& mark : session.stored().builder.record().marks) {
    const auto found = at(AtMark{mark});
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_EQ(found->counters.counts.totals.allocations, mark.allocations);
    EXPECT_EQ(found->counters.counts.totals.liveBytes, mark.liveBytes);
    EXPECT_EQ(found->place.events, 0U) << "between two batches";
    EXPECT_EQ(liveAt(found->place).size(), mark.liveBlocks);
  }
}

TEST_P(Instants, WhatIsNotStoredAnyMoreIsNotAnswered) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 8)");
  const std::uint64_t end = reference.events().back().atNs;
  for (int i = 0; i < 40; ++i) {
    const auto ns = static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1)));
    const auto found = at(AtTime{ns});
    if (!found) {
      EXPECT_EQ(found.error().code, Code::NotFound);
      continue;
    }
    // What is answered is right: a checkpoint was there.
    EXPECT_EQ(known(found->counters.counts.pairs), known(reference.after(reference.countUntil(ns)).pairs));
    // Behind the first keyframe that is left, blocks are known, too; before, they are not.
    std::size_t blocks = 0;
    const auto walked =
        forEachLiveBlock(events, found->place, 0, [&](const model::LiveBlock&) -> Result<void> {
          ++blocks;
          return {};
        });
    if (walked)
      EXPECT_EQ(blocks, reference.after(reference.countUntil(ns)).live.size());
    else
      EXPECT_EQ(walked.error().code, Code::NotFound) << walked.error().line();
  }
}

TEST_P(Instants, AHoleInTheRecordIsNeverTakenForNothing) {
  const int hole = 2 + session.below(15);
  session.change(
      "DELETE FROM checkpoint WHERE sequence < (SELECT max(sequence) FROM checkpoint);"
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET " +
      std::to_string(hole) + ")");
  const std::uint64_t end = reference.events().back().atNs;
  int refused = 0;
  for (std::uint64_t ns = 0; ns <= end; ns += end / 50) {
    const auto found = at(AtTime{ns});
    if (!found) {
      EXPECT_EQ(found.error().code, Code::NotFound) << found.error().line();
      ++refused;
      continue;
    }
    EXPECT_EQ(known(found->counters.counts.pairs), known(reference.after(reference.countUntil(ns)).pairs));
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Random, Instants, testing::Range(1U, 6U));

}  // namespace
}  // namespace heaptap::replay
