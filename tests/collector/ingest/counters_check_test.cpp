// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/counters_check.h"

#include <gtest/gtest.h>

#include <functional>

#include "collector/model/session_model.h"

namespace heaptap::ingest {
namespace {

model::Definitions defined() {
  model::Definitions definitions;
  definitions.add(model::Frame{.pc = 1});
  for (std::uint32_t i = 0; i < 2; ++i)
    definitions.add(model::StackNode{.parent = model::StackId{i}, .frame = model::FrameId{1}});
  definitions.add(model::Pair{.size = 10, .stack = model::StackId{1}});
  definitions.add(model::Pair{.size = 20, .stack = model::StackId{1}});
  definitions.add(model::Thread{});
  return definitions;
}

model::SessionModel counted() {
  model::SessionModel model;
  model.addPair({.size = 10, .stack = model::StackId{1}});
  model.addPair({.size = 20, .stack = model::StackId{1}});
  model.addThread();
  const auto thread = model::ThreadIndex{0};
  model.apply(model::Allocation{.atNs = 1, .thread = thread, .pair = model::PairId{0}});
  model.apply(model::Allocation{.atNs = 2, .thread = thread, .pair = model::PairId{1}});
  model.apply(model::Free{.atNs = 3,
                          .thread = thread,
                          .number = 1,
                          .pair = model::PairId{1},
                          .lifetimeLog2 = 0,
                          .stack = model::StackId{2}});
  return model;
}

Result<void> check(model::SessionCounters& counters, const model::Definitions& definitions) {
  return checkCounters(counters, definitions.now()).and_then([&] {
    return checkTimeline(counters.timeline, counters.counts.totals.lastEventNs);
  });
}

TEST(CountersCheck, countersOfARealModelPass) {
  auto counters = counted().counters();
  EXPECT_TRUE(check(counters, defined()));
}

TEST(CountersCheck, countersThatContradictThemselvesAreRefused) {
  using Counters = model::SessionCounters;
  const std::vector<std::pair<const char*, std::function<void(Counters&)>>> lies = {
      {"a heap too many", [](Counters& c) { c.counts.heaps.emplace_back(); }},
      {"an allocation in a heap without a pair", [](Counters& c) { ++c.counts.heaps[0].allocations; }},
      {"live bytes in a heap without a pair", [](Counters& c) { ++c.counts.heaps[0].liveBytes; }},
      {"a heap's peak after the end", [](Counters& c) { c.counts.heaps[0].peakAtNs = 9; }},
      {"a pair too many", [](Counters& c) { c.counts.pairs.emplace_back(); }},
      {"a thread too many", [](Counters& c) { c.lastAllocations.push_back(0); }},
      {"more live than allocated", [](Counters& c) { c.counts.pairs[0].live = 2; }},
      {"more live at the peak than allocated", [](Counters& c) { c.counts.pairs[0].liveAtPeak = 2; }},
      {"more temporaries than frees", [](Counters& c) { c.counts.pairs[0].temporaries = 1; }},
      {"other total of allocations", [](Counters& c) { ++c.counts.totals.allocations; }},
      {"other total of frees", [](Counters& c) { ++c.counts.totals.frees; }},
      {"other allocated bytes", [](Counters& c) { ++c.counts.totals.allocatedBytes; }},
      {"other live bytes", [](Counters& c) { ++c.counts.totals.liveBytes; }},
      {"other peak", [](Counters& c) { ++c.counts.totals.peakBytes; }},
      {"sums that wrap around", [](Counters& c) { c.counts.pairs[0].allocations = ~0ULL; }},
      {"peak after the end", [](Counters& c) { c.counts.totals.peakAtNs = 9; }},
      {"other lifetimes", [](Counters& c) { ++c.lifetimes[5]; }},
      {"a last allocation of the future", [](Counters& c) { c.lastAllocations[0] = 2; }},
      {"more frees with a stack than frees", [](Counters& c) { c.counts.freeSites[0].frees = 2; }},
      {"a stack of no frees", [](Counters& c) { c.counts.freeSites[0].frees = 0; }},
      {"a free's stack that is not defined",
       [](Counters& c) { c.counts.freeSites[0].stack = model::StackId{3}; }},
      {"a free's stack that is not recorded",
       [](Counters& c) { c.counts.freeSites[0].stack = model::StackId{0}; }},
      {"a free's pair that has no frees", [](Counters& c) { c.counts.freeSites[0].pair = model::PairId{0}; }},
      {"a free's pair that is not defined",
       [](Counters& c) { c.counts.freeSites[0].pair = model::PairId{2}; }},
      {"a free's stack twice", [](Counters& c) { c.counts.freeSites.push_back(c.counts.freeSites[0]); }},
      {"no timeline", [](Counters& c) { c.timeline = counting::Timeline(c.timeline.bucketNs(), {}); }},
      {"buckets of width 0",
       [](Counters& c) { c.timeline = counting::Timeline(0, std::vector<counting::Timeline::Bucket>(1)); }},
      {"a timeline too long",
       [](Counters& c) {
         c.timeline = counting::Timeline(c.timeline.bucketNs(), std::vector<counting::Timeline::Bucket>(9));
       }},
  };
  const auto model = counted();
  const model::Definitions definitions = defined();
  for (const auto& [what, lie] : lies) {
    auto counters = model.counters();
    lie(counters);
    const auto checked = check(counters, definitions);
    ASSERT_FALSE(checked) << what;
    EXPECT_EQ(checked.error().code, Code::Corrupt);
  }
}

}  // namespace
}  // namespace heaptap::ingest
