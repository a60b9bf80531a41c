// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/histogram_reader.h"

#include <gtest/gtest.h>

#include <QStringList>

#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kOneSecond = 1'000'000'000;

/// A histogram as text: `16-31: parse 2/40, render 1/20 | …`; bars without blocks are left out.
std::string textOf(const Result<Histogram>& histogram) {
  if (!histogram) return histogram.error().line();
  QStringList bars;
  for (const Histogram::Bar& bar : histogram->bars) {
    QStringList parts;
    for (std::size_t i = 0; i < bar.parts.size(); ++i)
      if (bar.parts[i].blocks > 0)
        parts << QStringLiteral("%1 %2/%3")
                     .arg(histogram->series[i].name)
                     .arg(bar.parts[i].blocks)
                     .arg(bar.parts[i].bytes);
    if (!parts.isEmpty())
      bars << QStringLiteral("%1-%2: %3").arg(bar.from).arg(bar.to).arg(parts.join(QStringLiteral(", ")));
  }
  return bars.join(QStringLiteral(" | ")).toStdString();
}

class Histograms : public testing::Test {
 protected:
  std::uint32_t stackOf(const std::string& function) {
    return live.program.stack({"malloc", function, "main"});
  }
  std::string sizes(const HistogramWish& wish) { return textOf(readSizes(*source, {}, wish, {})); }
  std::string lifetimes(const HistogramWish& wish) { return textOf(readLifetimes(*source, {}, wish, {})); }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  std::shared_ptr<client::ProfileSource> source = test::sourceAt(collector.address());
};

TEST_F(Histograms, SizesAreStackedByTheProgramsOwnFunctions) {
  const auto first = live.program.at(kOneSecond).allocate(20, stackOf("parse"));
  live.program.at(kOneSecond).allocate(30, stackOf("render"));
  live.program.at(kOneSecond).allocate(1'000, stackOf("render"));
  live.program.at(2 * kOneSecond).free(first);
  live.program.at(3 * kOneSecond).allocate(0, stackOf("parse"));
  live.send();
  EXPECT_EQ(sizes({}), "0-0: parse 1/0 | 16-31: render 1/30, parse 1/20 | 512-1023: render 1/1000");
  EXPECT_EQ(sizes({.of = HistogramOf::Live}),
            "0-0: other call sites 1/0 | 16-31: render 1/30 | 512-1023: render 1/1000");
  EXPECT_EQ(sizes({.of = HistogramOf::AtPeak}), "16-31: render 1/30, parse 1/20 | 512-1023: render 1/1000");
  EXPECT_EQ(sizes({.filter = "parse"}), "0-0: parse 1/0 | 16-31: parse 1/20");
  EXPECT_EQ(sizes({.filter = "nobody"}), "");
  EXPECT_EQ(sizes({.time = TimeChoice::instant(kOneSecond), .of = HistogramOf::Live}),
            "16-31: render 1/30, parse 1/20 | 512-1023: render 1/1000");
  EXPECT_EQ(sizes({.time = TimeChoice::stretch(kOneSecond, 3 * kOneSecond, TimeChoice::Of::Gone)}),
            "16-31: parse 1/20");
}

TEST_F(Histograms, OtherHeapsThanMallocsAreNotCounted) {
  const auto pool = live.program.heap("pool");
  live.program.at(kOneSecond).allocateIn(pool, 4'096, stackOf("parse"));
  live.program.allocate(1, stackOf("parse"));
  live.send();
  EXPECT_EQ(sizes({}), "1-1: parse 1/1");
}

TEST_F(Histograms, LifetimesAreThoseOfFreedBlocksUntilTheChosenTime) {
  const auto shortOne = live.program.at(kOneSecond).allocate(100, stackOf("parse"));
  const auto longOne = live.program.allocate(7, stackOf("render"));
  live.program.allocate(7, stackOf("render"));
  live.program.at(kOneSecond + 1'500).free(shortOne);
  live.program.at(3 * kOneSecond).free(longOne);
  live.send();
  EXPECT_EQ(lifetimes({}), "1024-2047: parse 1/100 | 1073741824-2147483647: render 1/7");
  EXPECT_EQ(lifetimes({.time = TimeChoice::instant(2 * kOneSecond)}), "1024-2047: parse 1/100");
  // Allocated before the stretch, freed in it.
  EXPECT_EQ(lifetimes({.time = TimeChoice::stretch(2 * kOneSecond, 4 * kOneSecond)}),
            "1073741824-2147483647: other call sites 1/7");
  EXPECT_EQ(lifetimes({.filter = "render"}), "1073741824-2147483647: render 1/7");
  EXPECT_EQ(lifetimes({.filter = "nobody"}), "");
}

TEST_F(Histograms, LifetimesAndThreadsOfTheFilterCount) {
  const auto shortOne = live.program.at(kOneSecond).allocate(100, stackOf("parse"));
  live.program.on(live.program.thread("worker")).allocate(7, stackOf("render"));
  live.program.at(kOneSecond + 1'500).free(shortOne);
  live.program.at(3 * kOneSecond).allocate(1, stackOf("late"));
  live.send();
  const SiteFilter shortLives({FilterTerm{.of = FilterTerm::Of::Lifetime, .least = 1'024, .most = 2'047}});
  EXPECT_EQ(sizes({.filter = shortLives}), "64-127: parse 1/100");
  EXPECT_EQ(lifetimes({.filter = shortLives}), "1024-2047: parse 1/100");
  const SiteFilter longLives({FilterTerm{.of = FilterTerm::Of::Lifetime, .least = kOneSecond}});
  EXPECT_EQ(sizes({.filter = longLives}), "4-7: render 1/7");
  EXPECT_EQ(lifetimes({.filter = longLives}), "");
  const SiteFilter worker({FilterTerm{.of = FilterTerm::Of::Thread, .text = "worker"}});
  EXPECT_EQ(sizes({.of = HistogramOf::Allocated, .filter = worker}), "1-1: late 1/1 | 4-7: render 1/7");
}

TEST_F(Histograms, LivesOfLessThanAMicrosecondShareABar) {
  quint64 at = kOneSecond;
  for (const std::uint64_t ns : {0, 1, 700, 1'023}) {
    const auto block = live.program.at(at).allocate(8, stackOf("parse"));
    live.program.at(at + ns).free(block);
    at += kOneSecond;
  }
  live.send();
  EXPECT_EQ(lifetimes({}), "0-1023: parse 4/32");
}

TEST_F(Histograms, OnlyTheLargestFunctionsHaveSeriesOfTheirOwn) {
  for (int i = 0; i < 20; ++i)
    live.program.at(kOneSecond)
        .allocate(static_cast<std::uint64_t>(100 + i), stackOf("f" + std::to_string(i)));
  live.send();
  const auto histogram = readSizes(*source, {}, {}, {});
  ASSERT_TRUE(histogram);
  ASSERT_EQ(histogram->series.size(), kHistogramSeries + 1);
  EXPECT_EQ(histogram->series.front().name, "f19");
  EXPECT_TRUE(histogram->series.back().isRest());
  EXPECT_EQ(histogram->sum(), (BlockSum{20, 20 * 100 + 190}));
  EXPECT_EQ(histogram->series.back().sum.blocks, 13U);
}

TEST_F(Histograms, ManySizesHaveMeanBytesAndSaySo) {
  const auto stack = stackOf("parse");
  for (std::uint64_t size = 1; size <= 1'500; ++size) {
    const auto block = live.program.at(size * 1'000).allocate(size, stack);
    live.program.at(size * 1'000 + 100).free(block);
  }
  live.send();
  const auto histogram = readLifetimes(*source, {}, {}, {});
  ASSERT_TRUE(histogram);
  EXPECT_TRUE(histogram->areMeans);
  EXPECT_EQ(histogram->sum(), (BlockSum{1'500, 1'500 * 1'501 / 2}));
  const auto few = readLifetimes(*source, {}, {.filter = "nobody"}, {});
  ASSERT_TRUE(few);
  EXPECT_FALSE(few->areMeans);
}

TEST_F(Histograms, ASessionThatDoesNotExistIsSaid) {
  EXPECT_FALSE(readSizes(*source, "ffff", {}, {}));
  EXPECT_FALSE(readLifetimes(*source, "ffff", {}, {}));
}

}  // namespace
}  // namespace heaptap::gui
