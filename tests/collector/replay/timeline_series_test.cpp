// SPDX-License-Identifier: Apache-2.0
//
// What is live of groups, and what threads allocate, in intervals of any width, against the same by the
// plainest means.
#include "collector/replay/timeline_series.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

constexpr std::uint32_t kGroups = 2;

class Series : public testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t anyTime() { return static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1))); }
  Result<model::TimelineSeries> ask(const model::SeriesQuery& query) { return seriesOf(events, query, end); }
  /// As if a session with so few events were long.
  Result<model::TimelineSeries> askMoved(model::SeriesQuery query, std::uint64_t mostEvents = 0) {
    query.mayMove = true;
    return seriesOf(events, query, end, {}, mostEvents);
  }
  [[nodiscard]] static bool hasSums() { return GetParam() % 2 == 0; }
  /// Of what is known, each step begins where the one before ends.
  static void expectNoHole(const model::TimelineSeries& series) {
    for (std::size_t at = 1; at < series.known.size(); ++at)
      EXPECT_EQ(series.stretchOf(at).fromNs, series.stretchOf(at - 1).toNs);
  }
  /// Two groups, and some pairs in neither.
  std::vector<std::vector<model::PairId>> someGroups() const {
    std::vector<std::vector<model::PairId>> groups(kGroups);
    const std::size_t pairs = session.stored().builder.record().definitions.view().pairs.size();
    for (std::size_t pair = 0; pair < pairs; ++pair)
      if (pair % 3 < kGroups) groups[pair % 3].push_back(static_cast<model::PairId>(pair));
    return groups;
  }
  struct Expected {
    std::map<std::uint32_t, std::uint64_t> live;                             ///< By group.
    std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> lanes;  ///< By thread.
    std::uint64_t temporaries = 0;
  };
  Expected stepFrom(std::uint64_t from, std::uint64_t to, bool isGrouped) const {
    Expected expected;
    std::map<std::uint32_t, std::uint64_t> last;
    for (const Reference::Event& event : reference.events()) {
      if (event.atNs >= to) break;
      const std::uint32_t group = isGrouped ? event.pair % 3 : 0;
      const bool isTemporary =
          event.isFree && last.contains(event.thread) && last[event.thread] == event.number;
      if (!event.isFree) last[event.thread] = event.number;
      if (isGrouped && group >= kGroups) continue;
      const std::uint64_t size = reference.sizeOf(event.pair);
      expected.live[group] += event.isFree ? 0 - size : size;
      if (event.atNs < from) continue;
      if (isTemporary) ++expected.temporaries;
      if (event.isFree) continue;
      ++expected.lanes[event.thread].first;
      expected.lanes[event.thread].second += size;
    }
    return expected;
  }
  void expectRight(const model::TimelineSeries& series, bool isGrouped, bool isAllKnown) {
    ASSERT_EQ(series.liveBytes.size(), series.known.size() * series.groups);
    EXPECT_TRUE(series.liveErrors.empty());
    for (std::size_t at = 0; at < series.known.size(); ++at) {
      const model::SeriesStep& step = series.known[at];
      SCOPED_TRACE("step " + std::to_string(step.step));
      const model::TimeStretch stretch = series.stretchOf(at);
      ASSERT_LT(stretch.fromNs, stretch.toNs);
      Expected expected = stepFrom(stretch.fromNs, stretch.toNs, isGrouped);
      if (isAllKnown) {
        EXPECT_TRUE(step.isLiveKnown);
        EXPECT_TRUE(step.temporaries);
      }
      if (step.temporaries) {
        EXPECT_EQ(*step.temporaries, expected.temporaries);
      }
      for (std::uint32_t group = 0; group < series.groups; ++group)
        EXPECT_EQ(series.live(at, group), step.isLiveKnown ? expected.live[group] : 0) << group;
      for (const model::SeriesLane& lane : series.lanes) {
        std::pair<std::uint64_t, std::uint64_t> sum;
        if (lane.thread) {
          sum = expected.lanes[static_cast<std::uint32_t>(index(*lane.thread))];
        } else {
          for (const auto& [thread, counted] : expected.lanes) {
            const bool hasLane = std::any_of(
                series.lanes.begin(), series.lanes.end(),
                [&](const auto& other) { return other.thread && index(*other.thread) == thread; });
            if (!hasLane) sum.first += counted.first, sum.second += counted.second;
          }
        }
        EXPECT_EQ(lane.allocations.at(at), sum.first);
        EXPECT_EQ(lane.bytes.at(at), sum.second);
      }
    }
  }
  static std::uint64_t sumOf(const std::vector<std::uint64_t>& values) {
    std::uint64_t sum = 0;
    for (const std::uint64_t value : values) sum += value;
    return sum;
  }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  std::uint64_t end = reference.events().back().atNs;
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, [] { return false; }};
};

TEST_P(Series, EachStepIsWhatItsEventsComeTo) {
  for (int i = 0; i < 40; ++i) {
    auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (i == 0) from = 0, to = end + 1;
    if (from == to) continue;
    const bool isGrouped = i % 2 == 1;
    const auto lanes = static_cast<std::uint32_t>(session.below(5));
    const auto found = ask({.fromNs = from,
                            .toNs = to,
                            .steps = static_cast<std::uint32_t>(1 + session.below(60)),
                            .groups = isGrouped ? someGroups() : std::vector<std::vector<model::PairId>>(),
                            .lanes = lanes});
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_TRUE(found->missing.empty());
    EXPECT_EQ(found->fromNs, from);
    EXPECT_EQ(found->groups, isGrouped ? kGroups : 1);
    std::uint32_t step = 0;
    for (const model::SeriesStep& known : found->known) EXPECT_EQ(known.step, step++);
    EXPECT_GE(found->beginOf(step), std::min(to, end + 1));
    EXPECT_LE(found->lanes.size(), lanes + 1);
    for (std::size_t lane = 1; lane < found->lanes.size(); ++lane)
      if (found->lanes[lane].thread) {
        EXPECT_GE(sumOf(found->lanes[lane - 1].allocations), sumOf(found->lanes[lane].allocations));
      }
    expectRight(*found, isGrouped, true);
  }
}

TEST_P(Series, StepsThatMayMoveAreExactlyWhatTheirTimesSay) {
  std::size_t moved = 0;
  for (int i = 0; i < 60; ++i) {
    auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (i == 0) from = 0, to = end + 1;
    if (from == to) continue;
    const bool isGrouped = i % 2 == 1;
    const auto found =
        askMoved({.fromNs = from,
                  .toNs = to,
                  .steps = static_cast<std::uint32_t>(1 + session.below(60)),
                  .groups = isGrouped ? someGroups() : std::vector<std::vector<model::PairId>>(),
                  .lanes = 2},
                 i % 3 == 0 ? 500 : 0);
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_TRUE(found->missing.empty());
    ASSERT_FALSE(found->known.empty());
    EXPECT_EQ(found->stretchOf(0).fromNs, from);
    EXPECT_GE(found->stretchOf(found->known.size() - 1).toNs, std::min(to, end + 1));
    expectNoHole(*found);
    expectRight(*found, isGrouped, true);
    moved += found->moved.empty() ? 0 : 1;
  }
  EXPECT_EQ(moved != 0, hasSums());
}

TEST_P(Series, MovedStepsLeaveOutWhatIsNotStored) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 2)");
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 9)");
  for (int i = 0; i < 30; ++i) {
    auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (i == 0) from = 0, to = end + 1;
    if (from == to) continue;
    const auto found =
        askMoved({.fromNs = from, .toNs = to, .steps = 40, .groups = someGroups(), .lanes = 2});
    ASSERT_TRUE(found) << found.error().line();
    expectRight(*found, true, false);
    for (std::size_t at = 0; at < found->known.size(); ++at)
      for (const model::TimeStretch& missing : found->missing)
        EXPECT_FALSE(missing.fromNs < found->stretchOf(at).toNs &&
                     missing.toNs > found->stretchOf(at).fromNs);
  }
}

TEST_P(Series, ALongOneReadsFewEvents) {
  if (!hasSums()) GTEST_SKIP() << "its batches have no sums";
  auto database = store::Database::open(session.file(), store::Database::Mode::ReadOnly).value();
  const auto last = static_cast<std::uint64_t>(
      database.number("SELECT max(to_ns) FROM span WHERE level = 0 AND to_ns < " + std::to_string(end))
          .value());
  // Of all batches but some at the end, which no span has, the columns are not even looked at.
  session.change("UPDATE event_blob SET data = x'00' WHERE to_ns <= " + std::to_string(last));
  const auto found = askMoved({.steps = 10, .groups = someGroups(), .lanes = 2});
  ASSERT_TRUE(found) << found.error().line();
  expectRight(*found, true, true);
  EXPECT_EQ(ask({.steps = 50}).error().code, Code::Corrupt) << "these have a width";
  // Nor for the live bytes of the last part, when the only checkpoint is far away.
  session.change(
      "DELETE FROM checkpoint WHERE mark IS NULL AND sequence <> (SELECT sequence FROM timeline_blob)");
  const auto behind = askMoved({.fromNs = last + 1, .toNs = end + 2, .steps = 1});
  ASSERT_TRUE(behind) << behind.error().line();
  expectRight(*behind, false, true);
}

TEST_P(Series, SumsThatCannotBeAreRefused) {
  if (!hasSums()) GTEST_SKIP() << "its batches have no sums";
  for (const char* change : {"UPDATE span SET data = x'00'",
                             "UPDATE span SET data = (SELECT data FROM span s WHERE "
                             "s.sequence <> span.sequence AND s.events <> span.events LIMIT 1)"}) {
    session.change(change);
    EXPECT_EQ(askMoved({.steps = 4}).error().code, Code::Corrupt) << change;
  }
  // Rows that tell of other batches than there are stand for none.
  session.change("UPDATE span SET first_event = first_event + 1");
  expectRight(askMoved({.steps = 4}).value(), false, true);
  session.change("DROP TABLE span");
  expectRight(askMoved({.steps = 4, .lanes = 2}).value(), false, true);
}

TEST_P(Series, WhatIsNotStoredIsLeftOutAndWhatFollowsIsKnownAgain) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 5)");
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 7)");
  const auto whole = ask({.steps = 500, .groups = someGroups(), .lanes = 2}).value();
  ASSERT_EQ(whole.missing.size(), 2U);
  EXPECT_EQ(whole.missing[0].fromNs, 0U);
  EXPECT_FALSE(whole.known.empty());
  expectRight(whole, true, false);
  for (const model::SeriesStep& step : whole.known)
    for (const model::TimeStretch& missing : whole.missing)
      EXPECT_FALSE(missing.fromNs < whole.beginOf(step.step + 1) && missing.toNs > whole.beginOf(step.step))
          << step.step;
  for (int i = 0; i < 30; ++i) {
    const auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (from == to) continue;
    expectRight(ask({.fromNs = from, .toNs = to, .steps = 40, .lanes = 2}).value(), false, false);
  }
}

TEST_P(Series, WithACheckpointBehindAHoleLiveBytesAreKnownThere) {
  // The last one before the last events.
  session.change(
      "DELETE FROM event_blob WHERE sequence <= (SELECT max(sequence) FROM checkpoint WHERE sequence < "
      "(SELECT max(sequence) FROM event_blob))");
  const auto found = ask({.steps = 300}).value();
  ASSERT_EQ(found.missing.size(), 1U);
  ASSERT_FALSE(found.known.empty());
  expectRight(found, false, false);
  EXPECT_TRUE(found.known.back().isLiveKnown);
}

TEST_P(Series, TheEndMayBeMissing) {
  session.change("DELETE FROM event_blob WHERE sequence = (SELECT max(sequence) FROM event_blob)");
  const auto found = ask({.steps = 300, .lanes = 2}).value();
  ASSERT_EQ(found.missing.size(), 1U);
  EXPECT_EQ(found.missing[0].toNs, end + 1);
  expectRight(found, false, true);
}

TEST_P(Series, WhatCannotBeAskedIsRefused) {
  using Groups = std::vector<std::vector<model::PairId>>;
  const model::PairId pair{0}, unknown{1'000'000};
  EXPECT_EQ(ask({.groups = Groups{{unknown}}}).error().code, Code::Usage);
  EXPECT_EQ(ask({.groups = Groups{{pair}, {pair}}}).error().code, Code::Usage);
  EXPECT_EQ(ask({.groups = Groups(model::SeriesQuery::kMostGroups + 1)}).error().code, Code::Usage);
  EXPECT_EQ(ask({.fromNs = 8, .toNs = 7}).error().code, Code::Usage);
  StoredEvents withdrawn{reader, session.stored().builder.record().definitions.view(), 1,
                         [] { return true; }};
  EXPECT_EQ(seriesOf(withdrawn, {}, end).error().code, Code::Unavailable);
  EXPECT_EQ(seriesOf(withdrawn, {.fromNs = end / 2}, end).error().code, Code::Unavailable);
}

TEST_P(Series, AnswersAreBounded) {
  const auto many = ask({.steps = ~0U, .groups = {{}, {model::PairId{0}}}, .lanes = ~0U}).value();
  EXPECT_LE(many.known.size(), model::SeriesQuery::kMost);
  EXPECT_LE(many.lanes.size(), model::SeriesQuery::kMostLanes + 1);
  EXPECT_TRUE(ask({.fromNs = end + 1, .toNs = end + 1000}).value().known.empty());
  EXPECT_TRUE(ask({.fromNs = ~std::uint64_t{0}}).value().known.empty());
  std::vector<double> shares;
  ASSERT_TRUE(seriesOf(events, {}, end, [&](double share) { shares.push_back(share); }));
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1);
}

INSTANTIATE_TEST_SUITE_P(Random, Series, testing::Range(60U, 65U));

}  // namespace
}  // namespace heaptap::replay
