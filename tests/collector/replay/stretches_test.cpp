// SPDX-License-Identifier: Apache-2.0
//
// What a stretch of time has changed, and single blocks, against the same by the plainest means.
#include <gtest/gtest.h>

#include "collector/replay/block_page.h"
#include "collector/replay/stretch.h"
#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

class Stretches : public testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t anyTime() { return static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1))); }
  Instant at(std::uint64_t ns) { return instantAt(events, AtTime{ns}).value(); }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  std::uint64_t end = reference.events().back().atNs;
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, [] { return false; }};
};

TEST_P(Stretches, WhatIsNewAndStillThereAndWhatIsGone) {
  for (int i = 0; i < 30; ++i) {
    const auto [from, to] = std::minmax({anyTime(), anyTime()});
    const std::size_t first = reference.countUntil(from), last = reference.countUntil(to);
    const Reference::State before = reference.after(first), after = reference.after(last);
    std::map<std::uint32_t, model::PairCounters> grown, gone;
    for (std::size_t at = first; at < last; ++at)
      if (!reference.events()[at].isFree) ++grown[reference.events()[at].pair].allocations;
    for (const auto& [number, block] : after.live)
      if (!before.live.contains(number)) ++grown[static_cast<std::uint32_t>(index(block.pair))].live;
    for (const auto& [number, block] : before.live)
      if (!after.live.contains(number)) ++gone[static_cast<std::uint32_t>(index(block.pair))].live;

    const Instant a = at(from), b = at(to);
    const auto foundGrown = countsOfStretch(events, a, b, OfStretch::Grown);
    const auto foundGone = countsOfStretch(events, a, b, OfStretch::Gone);
    ASSERT_TRUE(foundGrown && foundGone) << foundGrown.error().line();
    for (std::uint32_t pair = 0; pair < foundGrown->pairs.size(); ++pair) {
      EXPECT_EQ(foundGrown->pairs[pair].allocations, grown[pair].allocations);
      EXPECT_EQ(foundGrown->pairs[pair].live, grown[pair].live);
      EXPECT_EQ(foundGone->pairs[pair].live, gone[pair].live);
    }
    EXPECT_EQ(b.counters.counts.totals.liveBytes + foundGone->totals.liveBytes,
              a.counters.counts.totals.liveBytes + foundGrown->totals.liveBytes);
  }
}

TEST_P(Stretches, OneThatEndsBeforeItBeginsIsRefused) {
  const auto refused = countsOfStretch(events, at(end), at(0), OfStretch::Grown);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Usage);
}

TEST_P(Stretches, PagesOfBlocksTogetherAreAllThatQualify) {
  for (const model::BlockOrder order :
       {model::BlockOrder::Address, model::BlockOrder::Size, model::BlockOrder::Age}) {
    const std::uint64_t ns = anyTime();
    const Instant instant = at(ns);
    model::BlockQuery query{.fromAddress = 0x10000,
                            .toAddress = 0x10000 + 0x100 * 700,
                            .threads = {model::ThreadIndex{0}, model::ThreadIndex{2}},
                            .bornFromNs = ns / 4,
                            .order = order,
                            .limit = 7};
    std::vector<model::LiveBlock> expected;
    for (const auto& [number, block] : reference.after(reference.countUntil(ns)).live)
      if (block.address >= query.fromAddress && block.address < query.toAddress &&
          block.atNs >= query.bornFromNs && block.thread != model::ThreadIndex{1})
        expected.push_back(block);
    const auto sizeOf = [&](const model::LiveBlock& block) {
      return reference.sizeOf(static_cast<std::uint32_t>(index(block.pair)));
    };
    std::stable_sort(expected.begin(), expected.end(), [&](const auto& a, const auto& b) {
      return order == model::BlockOrder::Address ? a.address < b.address
             : order == model::BlockOrder::Size  ? sizeOf(a) > sizeOf(b)
                                                 : a.atNs < b.atNs;
    });
    std::vector<model::LiveBlock> found;
    for (; found.size() < expected.size() + 7; query.skip += query.limit) {
      const auto page = blocksAt(events, instant.place, query).value();
      EXPECT_EQ(page.blocks, expected.size());
      if (page.page.empty()) break;
      found.insert(found.end(), page.page.begin(), page.page.end());
    }
    EXPECT_EQ(found, expected);
  }
}

TEST_P(Stretches, ABlockIsFoundByEachOfItsBytes) {
  const Instant instant = at(end);
  const auto all = blocksAt(events, instant.place, {.limit = 1000}).value();
  ASSERT_FALSE(all.page.empty());
  const model::LiveBlock& some = all.page[all.page.size() / 2];
  const std::uint64_t size = reference.sizeOf(static_cast<std::uint32_t>(index(some.pair)));
  for (const std::uint64_t offset : {std::uint64_t{0}, size - 1, size}) {
    const auto found = blocksAt(events, instant.place,
                                {.fromAddress = some.address + offset,
                                 .toAddress = some.address + offset + 1,
                                 .containsFrom = true})
                           .value();
    const bool isFound = std::find(found.page.begin(), found.page.end(), some) != found.page.end();
    EXPECT_EQ(isFound, offset < size) << offset;
  }
}

TEST_P(Stretches, APageThatLiesTooFarBehindIsRefused) {
  const auto last = blocksAt(events, at(end).place, {.skip = model::BlockQuery::kMost, .limit = 100});
  ASSERT_TRUE(last) << "the most that can be left out can be";
  EXPECT_TRUE(last->page.empty());
  const auto refused = blocksAt(events, at(end).place, {.skip = model::BlockQuery::kMost + 1, .limit = 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Usage);
}

TEST_P(Stretches, AnAddressHasHadTheBlocksThatBeganThere) {
  const std::uint64_t address = 0x10000 + 0x100 * 5;
  std::vector<model::BlockLife> expected;
  std::map<std::uint64_t, std::size_t> open;
  for (const Reference::Event& event : reference.events()) {
    if (event.isFree) {
      if (const auto found = open.find(event.number); found != open.end())
        expected[found->second].end = {.atNs = event.atNs,
                                       .thread = static_cast<model::ThreadIndex>(event.thread)};
    } else if (event.address == address) {
      open[event.number] = expected.size();
      expected.push_back({.block = {.number = event.number,
                                    .address = address,
                                    .atNs = event.atNs,
                                    .pair = static_cast<model::PairId>(event.pair),
                                    .thread = static_cast<model::ThreadIndex>(event.thread)}});
    }
  }
  ASSERT_FALSE(expected.empty());
  const auto found = livesAt(events, address, address + 1, 1000).value();
  EXPECT_EQ(found.lives, expected);
  EXPECT_EQ(found.knownFromNs, 0U);
  EXPECT_EQ(livesAt(events, address, address + 1, 1).value().lives.size(), 1U);
}

TEST_P(Stretches, BehindAHoleAnAddressBeginsAnew) {
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 9)");
  const auto found = livesAt(events, 0, ~std::uint64_t{0}, 1'000'000).value();
  EXPECT_GT(found.knownFromNs, 0U);
  for (const model::BlockLife& life : found.lives) EXPECT_GE(life.block.atNs, found.knownFromNs);
}

INSTANTIATE_TEST_SUITE_P(Random, Stretches, testing::Range(10U, 14U));

}  // namespace
}  // namespace heaptap::replay
