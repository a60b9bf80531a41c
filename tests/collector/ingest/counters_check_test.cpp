// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/counters_check.h"

#include <gtest/gtest.h>

#include <functional>

namespace heaptap::ingest {
namespace {

constexpr std::size_t kStacks = 3;

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

TEST(CountersCheck, countersOfARealModelPass) {
  const auto model = counted();
  EXPECT_TRUE(checkCounters(model.counters(), kStacks, model));
}

TEST(CountersCheck, countersThatContradictThemselvesAreRefused) {
  using Counters = model::SessionCounters;
  const std::vector<std::pair<const char*, std::function<void(Counters&)>>> lies = {
      {"a heap too many", [](Counters& c) { c.heaps.emplace_back(); }},
      {"an allocation in a heap without a pair", [](Counters& c) { ++c.heaps[0].allocations; }},
      {"live bytes in a heap without a pair", [](Counters& c) { ++c.heaps[0].liveBytes; }},
      {"a heap's peak after the end", [](Counters& c) { c.heaps[0].peakAtNs = 9; }},
      {"a pair too many", [](Counters& c) { c.pairs.emplace_back(); }},
      {"a thread too many", [](Counters& c) { c.lastAllocations.push_back(0); }},
      {"more live than allocated", [](Counters& c) { c.pairs[0].live = 2; }},
      {"more live at the peak than allocated", [](Counters& c) { c.pairs[0].liveAtPeak = 2; }},
      {"more temporaries than frees", [](Counters& c) { c.pairs[0].temporaries = 1; }},
      {"other total of allocations", [](Counters& c) { ++c.totals.allocations; }},
      {"other total of frees", [](Counters& c) { ++c.totals.frees; }},
      {"other allocated bytes", [](Counters& c) { ++c.totals.allocatedBytes; }},
      {"other live bytes", [](Counters& c) { ++c.totals.liveBytes; }},
      {"other peak", [](Counters& c) { ++c.totals.peakBytes; }},
      {"sums that wrap around", [](Counters& c) { c.pairs[0].allocations = ~0ULL; }},
      {"peak after the end", [](Counters& c) { c.totals.peakAtNs = 9; }},
      {"other lifetimes", [](Counters& c) { ++c.lifetimes[5]; }},
      {"a last allocation of the future", [](Counters& c) { c.lastAllocations[0] = 2; }},
      {"more frees with a stack than frees", [](Counters& c) { c.freeSites[0].frees = 2; }},
      {"a stack of no frees", [](Counters& c) { c.freeSites[0].frees = 0; }},
      {"a free's stack that is not defined", [](Counters& c) { c.freeSites[0].stack = model::StackId{3}; }},
      {"a free's stack that is not recorded", [](Counters& c) { c.freeSites[0].stack = model::StackId{0}; }},
      {"a free's pair that has no frees", [](Counters& c) { c.freeSites[0].pair = model::PairId{0}; }},
      {"a free's pair that is not defined", [](Counters& c) { c.freeSites[0].pair = model::PairId{2}; }},
      {"a free's stack twice", [](Counters& c) { c.freeSites.push_back(c.freeSites[0]); }},
      {"no timeline", [](Counters& c) { c.timeline = model::Timeline(c.timeline.bucketNs(), {}); }},
      {"buckets of width 0",
       [](Counters& c) { c.timeline = model::Timeline(0, std::vector<model::Timeline::Bucket>(1)); }},
      {"a timeline too long",
       [](Counters& c) {
         c.timeline = model::Timeline(c.timeline.bucketNs(), std::vector<model::Timeline::Bucket>(9));
       }},
  };
  const auto model = counted();
  for (const auto& [what, lie] : lies) {
    auto counters = model.counters();
    lie(counters);
    const auto checked = checkCounters(counters, kStacks, model);
    ASSERT_FALSE(checked) << what;
    EXPECT_EQ(checked.error().code, Code::Corrupt);
  }
}

}  // namespace
}  // namespace heaptap::ingest
