// SPDX-License-Identifier: Apache-2.0
//
// The heap in intervals of any width, against the same by the plainest means.
#include "collector/replay/timeline_zoom.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

class Zoom : public testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t anyTime() { return static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1))); }
  Result<model::TimelineSteps> ask(const model::StepsQuery& query, bool withoutEvents = false) {
    return stepsOf(events, {.history = history, .endNs = end, .withoutEvents = withoutEvents}, query);
  }
  /// What the events from one time to another, not included, come to.
  model::TimelineStep stepFrom(std::uint64_t from, std::uint64_t to) const {
    model::TimelineStep step{.minLiveBytes = 0, .allocatedBytes = 0};
    std::uint64_t live = 0;
    bool isIn = false;
    std::map<std::uint32_t, std::uint64_t> last;  // By thread.
    step.temporaries = 0;
    for (const Reference::Event& event : reference.events()) {
      if (event.atNs >= to) break;
      if (!isIn && event.atNs >= from) {
        isIn = true;
        step.maxLiveBytes = *step.minLiveBytes = live;
      }
      const std::uint64_t size = reference.sizeOf(event.pair);
      live += event.isFree ? 0 - size : size;
      const bool isTemporary =
          event.isFree && last.contains(event.thread) && last[event.thread] == event.number;
      if (!event.isFree) last[event.thread] = event.number;
      if (!isIn) continue;
      step.maxLiveBytes = std::max(step.maxLiveBytes, live);
      step.minLiveBytes = std::min(*step.minLiveBytes, live);
      event.isFree ? ++step.frees : ++step.allocations;
      if (isTemporary) ++*step.temporaries;
      if (!event.isFree) *step.allocatedBytes += size;
    }
    if (!isIn) step.maxLiveBytes = *step.minLiveBytes = live;
    step.liveBytes = live;
    return step;
  }
  void expectRight(const model::TimelineSteps& steps) {
    for (model::TimelineStep found : steps.known) {
      SCOPED_TRACE("step " + std::to_string(found.step));
      model::TimelineStep expected = stepFrom(steps.beginOf(found.step), steps.beginOf(found.step + 1));
      expected.step = found.step;
      if (!steps.fromEvents) expected.minLiveBytes = expected.allocatedBytes = std::nullopt;
      // Where events before it were not looked at, it may be impossible to tell; never so from the beginning.
      if (!steps.fromEvents || (!found.temporaries && (steps.fromNs > 0 || !steps.missing.empty())))
        expected.temporaries = std::nullopt;
      EXPECT_EQ(found, expected) << found.liveBytes << " " << expected.liveBytes << ", " << found.maxLiveBytes
                                 << " " << expected.maxLiveBytes;
    }
  }
  /// All steps are there that have begun by the end and do not reach into what is missing.
  void expectAll(const model::TimelineSteps& steps, std::uint64_t toNs) {
    auto known = steps.known.begin();
    for (std::uint32_t step = 0; steps.beginOf(step) < std::min(toNs, end + 1); ++step) {
      const bool isMissing =
          std::any_of(steps.missing.begin(), steps.missing.end(), [&](const auto& missing) {
            return missing.fromNs < steps.beginOf(step + 1) && missing.toNs > steps.beginOf(step);
          });
      const bool isKnown = known != steps.known.end() && known->step == step;
      EXPECT_NE(isKnown, isMissing) << step;
      if (isKnown) ++known;
    }
    EXPECT_EQ(known, steps.known.end());
  }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  std::uint64_t end = reference.events().back().atNs;
  model::History history = session.stored().builder.record().history();
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, [] { return false; }};
};

TEST_P(Zoom, EachStepIsWhatItsEventsComeTo) {
  for (int i = 0; i < 40; ++i) {
    auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (i == 0) from = 0, to = end + 1;
    if (i % 4 == 3) to = from + 1 + static_cast<std::uint64_t>(session.below(20'000));
    if (from == to) continue;
    const auto steps = static_cast<std::uint32_t>(1 + session.below(60));
    const auto found = ask({.fromNs = from, .toNs = to, .steps = steps});
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_TRUE(found->fromEvents);
    EXPECT_EQ(found->fromNs, from);
    EXPECT_LE(found->known.size(), steps);
    EXPECT_TRUE(found->missing.empty());
    EXPECT_GE(found->fromNs + steps * found->stepNs, to);
    expectRight(*found);
    expectAll(*found, to);
  }
}

TEST_P(Zoom, OfTheStoredTimelineStepsAreWholeBuckets) {
  for (int i = 0; i < 40; ++i) {
    auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (i == 0) from = 0, to = end + 1;
    if (from == to) continue;
    const auto steps = static_cast<std::uint32_t>(1 + session.below(60));
    const auto found = ask({.fromNs = from, .toNs = to, .steps = steps}, true);
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_FALSE(found->fromEvents);
    EXPECT_LE(found->known.size(), steps);
    EXPECT_LE(found->fromNs, from);
    EXPECT_EQ(found->stepNs % history.timeline.bucketNs(), 0U);
    expectRight(*found);
    expectAll(*found, to);
  }
}

TEST_P(Zoom, WhatIsNotStoredIsSaidAndNotDrawn) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 5)");
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 7)");
  const auto whole = ask({.steps = 500}).value();
  EXPECT_TRUE(whole.fromEvents);
  ASSERT_EQ(whole.missing.size(), 2U);
  EXPECT_EQ(whole.missing[0].fromNs, 0U);
  expectRight(whole);
  expectAll(whole, end + 1);
  for (int i = 0; i < 40; ++i) {
    const auto [from, to] = std::minmax({anyTime(), anyTime()});
    if (from == to) continue;
    const auto found = ask({.fromNs = from, .toNs = to, .steps = 40}).value();
    expectRight(found);
    if (found.fromEvents) expectAll(found, to);
  }
}

TEST_P(Zoom, OfAnIntervalOfWhichNothingIsStoredTheBucketsAreKnown) {
  session.change(
      "DELETE FROM event_blob WHERE sequence < (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 9)");
  const std::uint64_t to = reference.events()[reference.events().size() / 5].atNs;
  const auto found = ask({.fromNs = 1, .toNs = to, .steps = 10}).value();
  EXPECT_FALSE(found.fromEvents);
  EXPECT_FALSE(found.known.empty());
  ASSERT_EQ(found.missing.size(), 1U);
  EXPECT_EQ(found.missing[0], (model::TimeStretch{.fromNs = 1, .toNs = to}));
  expectRight(found);
}

TEST_P(Zoom, TheEndMayBeMissing) {
  session.change("DELETE FROM event_blob WHERE sequence = (SELECT max(sequence) FROM event_blob)");
  const auto found = ask({.steps = 300}).value();
  ASSERT_EQ(found.missing.size(), 1U);
  EXPECT_EQ(found.missing[0].toNs, end + 1);
  expectRight(found);
  expectAll(found, end + 1);
}

TEST_P(Zoom, NeverMoreStepsThanThereMayBe) {
  EXPECT_LE(ask({.steps = 1'000'000}).value().known.size(), model::StepsQuery::kMost);
  EXPECT_EQ(ask({.steps = 0}).value().known.size(), 1U);
  // Narrower than a nanosecond no step is.
  EXPECT_EQ(ask({.fromNs = 5000, .toNs = 5007, .steps = 100}).value().known.size(), 7U);
}

TEST_P(Zoom, BehindTheEndThereIsNothing) {
  const auto behind = ask({.fromNs = end + 1, .toNs = end + 1000, .steps = 10}).value();
  EXPECT_TRUE(behind.known.empty());
  EXPECT_TRUE(behind.missing.empty());
  EXPECT_TRUE(ask({.fromNs = ~std::uint64_t{0}}).value().known.empty());
  EXPECT_EQ(ask({.fromNs = 7, .toNs = 7}).error().code, Code::Usage);
  EXPECT_EQ(ask({.fromNs = 8, .toNs = 7}).error().code, Code::Usage);
}

TEST_P(Zoom, AQuestionThatIsWithdrawnEnds) {
  StoredEvents withdrawn{reader, session.stored().builder.record().definitions.view(), 1,
                         [] { return true; }};
  const auto stopped = stepsOf(withdrawn, {.history = history, .endNs = end}, {});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::Unavailable);
}

TEST_P(Zoom, ProgressRisesToAll) {
  std::vector<double> shares;
  ASSERT_TRUE(stepsOf(events, {.history = history, .endNs = end}, {},
                      [&](double share) { shares.push_back(share); }));
  ASSERT_FALSE(shares.empty());
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1);
}

INSTANTIATE_TEST_SUITE_P(Random, Zoom, testing::Range(20U, 24U));

}  // namespace
}  // namespace heaptap::replay
