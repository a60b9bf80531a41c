// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_histories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "analysis/leaks/leak_analysis.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

constexpr std::size_t kInstants = model::HistoryQuery::kInstants;

/// Live bytes at instant i of 48, in a run of 48 s.
LeakHistory historyOf(const std::function<std::uint64_t(std::size_t)>& bytes) {
  LeakHistory history;
  for (std::size_t i = 0; i < kInstants; ++i) history.liveBytes.push_back(bytes(i));
  history.endNs = kInstants * 1'000'000'000ULL;
  history.firstAllocationNs = 0;
  return history;
}
bool grows(const LeakHistory& history, std::uint64_t blocks) {
  return isGrowing(history, confidenceOf(history, blocks, blocks), blocks);
}

TEST(LeakHistoriesTest, WhatBecomesMoreUntilTheEndGrows) {
  EXPECT_TRUE(grows(historyOf([](std::size_t i) { return i * 100; }), 48));
  EXPECT_TRUE(grows(historyOf([](std::size_t i) { return i < 20 ? 0 : i * 100; }), 48)) << "began late";
  EXPECT_TRUE(grows(historyOf([](std::size_t i) { return i / 5 * 100; }), 9)) << "few blocks, regularly";
  EXPECT_TRUE(grows(historyOf([](std::size_t i) { return i * 100 + (i % 2) * 50; }), 48))
      << "with some freed";
}

TEST(LeakHistoriesTest, WhatStoodStillOrWentBackDoesNotGrow) {
  EXPECT_FALSE(grows(historyOf([](std::size_t) { return 5000; }), 1000)) << "all at the start";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return i < 24 ? 0 : 5000; }), 1000)) << "all at once";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return std::min<std::size_t>(i, 10) * 100; }), 1000))
      << "a cache that was filled";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return std::min<std::size_t>(i, 35) * 100; }), 1000))
      << "nothing in the last quarter";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return i == 47 ? 5000 : 0; }), 1000)) << "only at the end";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return (i % 8) * 100; }), 1000)) << "up and down";
  EXPECT_FALSE(grows(historyOf([](std::size_t i) { return i * 100; }), 3)) << "three blocks are no trend";
  EXPECT_FALSE(grows(historyOf([](std::size_t) { return 0; }), 10)) << "blocks of size 0";
}

TEST(LeakHistoriesTest, ConfidenceComesFromGrowthBalanceAndAge) {
  LeakHistory steady = historyOf([](std::size_t i) { return (i + 1) * 100; });
  steady.medianAgeNs = 24'000'000'000;
  steady.frees = 1000;
  steady.p95LifetimeNs = 1024;
  const Confidence leak = confidenceOf(steady, 100, 100);
  EXPECT_DOUBLE_EQ(leak.growth, 1);
  EXPECT_DOUBLE_EQ(leak.balance, 1);
  EXPECT_GT(leak.age, 0.99);
  EXPECT_GT(leak.score, 0.99);
  EXPECT_EQ(leak.word(), "high");

  LeakHistory busy = historyOf([](std::size_t) { return 100; });
  busy.medianAgeNs = 1'000;
  busy.p95LifetimeNs = 1'000'000;
  const Confidence inUse = confidenceOf(busy, 1'000'000, 1);
  EXPECT_LT(inUse.score, 0.1);
  EXPECT_EQ(inUse.word(), "low");

  LeakHistory once = historyOf([](std::size_t) { return 100; });
  once.medianAgeNs = once.endNs;
  const Confidence kept = confidenceOf(once, 1, 1);
  EXPECT_DOUBLE_EQ(kept.growth, 0);
  EXPECT_EQ(kept.word(), "medium");
}

TEST(LeakHistoriesTest, NumbersOfAnyKindGiveAScore) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    LeakHistory history = historyOf([&](std::size_t i) { return i % 3 == 0 ? value : ~value; });
    history.medianAgeNs = value;
    history.endNs = value;
    const Confidence confidence = confidenceOf(history, value, value);
    for (const double part : {confidence.score, confidence.growth, confidence.balance, confidence.age}) {
      EXPECT_GE(part, 0);
      EXPECT_LE(part, 1);
    }
    (void)isGrowing(history, confidence, value);
    LeakHistory none;
    (void)isGrowing(none, confidenceOf(none, value, value), value);
  }
}

TEST(LeakHistoriesTest, GroupsThatGrowComeFirstAndTheSumsStay) {
  client::ProfileBuilder builder;
  builder.count({.size = 1000, .stack = builder.stack({"load", "main"}), .allocations = 1, .live = 1});
  builder.count({.size = 10, .stack = builder.stack({"leak", "main"}), .allocations = 20, .live = 20});
  builder.count({.size = 20, .stack = builder.stack({"leak", "main"}), .allocations = 28, .live = 28});
  const client::SiteTable table(builder.profile());
  LeakReport report = leakReport(table);
  const LeakSum before = report.total();
  const model::HistoryQuery query = historyQuery(report, table);
  ASSERT_EQ(query.groups.size(), 2U);
  EXPECT_THAT(query.groups[0], testing::ElementsAre(model::PairId{0}));
  EXPECT_THAT(query.groups[1], testing::ElementsAre(model::PairId{1}, model::PairId{2}));
  addHistories(report, {historyOf([](std::size_t) { return 1000; }),
                        historyOf([](std::size_t i) { return (i + 1) * 760 / 48; })});
  ASSERT_EQ(report.groups.size(), 2U);
  EXPECT_EQ(report.groups[0].place.function, "leak");
  EXPECT_EQ(report.groups[0].kind, LeakKind::Growing);
  EXPECT_EQ(report.groups[1].kind, LeakKind::Once);
  EXPECT_TRUE(report.groups[1].confidence);
  EXPECT_EQ(report.sum(LeakKind::Growing), (LeakSum{.groups = 1, .sites = 1, .bytes = 760, .blocks = 48}));
  EXPECT_EQ(report.total(), before);
}

TEST(LeakHistoriesTest, WithoutStoredEventsNothingIsAdded) {
  client::ProfileBuilder builder;
  builder.count({.size = 1000, .stack = builder.stack({"load", "main"}), .allocations = 1, .live = 1});
  LeakReport report = leakReport(client::SiteTable(builder.profile()));
  LeakHistory history = historyOf([](std::size_t) { return 0; });
  history.knownFromNs = history.endNs;
  history.firstAllocationNs.reset();
  addHistories(report, {history});
  EXPECT_FALSE(report.groups[0].history);
  EXPECT_FALSE(report.groups[0].confidence);
}

}  // namespace
}  // namespace heaptap::analysis
