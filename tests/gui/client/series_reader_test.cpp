// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/series_reader.h"

#include <gtest/gtest.h>

#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kSeriesSecondNs = 1'000'000'000;

class Series : public testing::Test {
 protected:
  std::uint32_t stackOf(const std::string& function) {
    return live.program.stack({"malloc", function, "main"});
  }
  Result<TimelineSeries> ask(const SeriesWish& wish) {
    return readSeries(*source, {}, wish, {}, [this](double share) { shares.push_back(share); });
  }
  /// `parse 20 20 0 | other call sites 0 0 5`.
  static std::string layersOf(const Result<TimelineSeries>& series) {
    if (!series) return series.error().line();
    QStringList texts;
    for (const TimelineSeries::Layer& layer : series->layers) {
      QString text = layer.name;
      for (const quint64 live : layer.live) text += ' ' + QString::number(live);
      texts << text;
    }
    return texts.join(QStringLiteral(" | ")).toStdString();
  }
  static std::string lanesOf(const Result<TimelineSeries>& series) {
    if (!series) return series.error().line();
    QStringList texts;
    for (const TimelineSeries::Lane& lane : series->lanes) {
      QString text = lane.name + '(' + lane.word + ')';
      for (const quint64 allocations : lane.allocations) text += ' ' + QString::number(allocations);
      texts << text;
    }
    return texts.join(QStringLiteral(" | ")).toStdString();
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  std::shared_ptr<client::ProfileSource> source = test::sourceAt(collector.address());
  std::vector<double> shares;
};

TEST_F(Series, LayersAreTheFunctionsThatHaveMostInWhatIsShown) {
  const auto early = live.program.at(0).allocate(1'000, stackOf("early"));
  live.program.at(kSeriesSecondNs).free(early);
  live.program.at(2 * kSeriesSecondNs).allocate(100, stackOf("late"));
  for (int i = 0; i < 9; ++i)
    live.program.at(3 * kSeriesSecondNs).allocate(10, stackOf("f" + std::to_string(i)));
  live.send();
  EXPECT_EQ(layersOf(ask({.window = TimeWindow{0, 2 * kSeriesSecondNs}, .steps = 2, .hasLayers = true})),
            "early 1000 0");
  const auto later =
      ask({.window = TimeWindow{2 * kSeriesSecondNs, 4 * kSeriesSecondNs}, .steps = 2, .hasLayers = true});
  ASSERT_TRUE(later) << later.error().line();
  ASSERT_EQ(later->layers.size(), kMostLayers + 1);
  EXPECT_EQ(later->layers[0].name, "late");
  EXPECT_EQ(later->layers[0].function, "late");
  EXPECT_TRUE(later->layers.back().isRest());
  EXPECT_EQ(later->layers.back().live, (std::vector<quint64>{0, 30})) << "three of nine";
  EXPECT_TRUE(later->lanes.empty());
}

TEST_F(Series, OnlyWhatPassesTheFilterIsCounted) {
  live.program.at(0).allocate(8, stackOf("parse"));
  live.program.at(1).allocate(900, stackOf("draw"));
  live.program.allocateIn(live.program.heap("pool"), 4'096, stackOf("parse"));
  live.send();
  EXPECT_EQ(layersOf(ask({.steps = 1, .hasLayers = true})), "draw 900 | parse 8") << "malloc's heap";
  EXPECT_EQ(layersOf(ask({.steps = 1, .hasLayers = true, .filter = "parse"})), "parse 8");
  EXPECT_EQ(lanesOf(ask({.steps = 1, .lanes = 2, .filter = "draw"})), "main(main) 1");
  const auto none = ask({.steps = 1, .hasLayers = true, .lanes = 2, .filter = "nobody"});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->layers.empty());
  EXPECT_TRUE(none->lanes.empty());
}

TEST_F(Series, LanesAreCalledByWhatAFilterKnowsThreadsBy) {
  const std::uint32_t one = live.program.thread("worker"), two = live.program.thread("worker"),
                      odd = live.program.thread("od\nd");
  for (int i = 0; i < 4; ++i) live.program.on(one).at(0).allocate(8, stackOf("parse"));
  for (int i = 0; i < 3; ++i) live.program.on(two).at(kSeriesSecondNs).allocate(8, stackOf("parse"));
  for (int i = 0; i < 2; ++i) live.program.on(odd).at(kSeriesSecondNs).allocate(8, stackOf("parse"));
  live.program.on(0).at(kSeriesSecondNs).allocate(8, stackOf("parse"));
  live.send();
  const auto series = ask({.window = TimeWindow{0, 2 * kSeriesSecondNs}, .steps = 2, .lanes = 3});
  ASSERT_TRUE(series) << series.error().line();
  ASSERT_EQ(series->lanes.size(), 4U);
  for (const std::size_t lane : {0U, 1U}) {
    EXPECT_EQ(series->lanes[lane].name, "worker " + series->lanes[lane].word) << "two have this name";
    EXPECT_NE(series->lanes[lane].word, "worker");
  }
  EXPECT_EQ(series->lanes[2].name, "od d");
  EXPECT_NE(series->lanes[2].word, "od d") << "no thread is called so: its id it is";
  EXPECT_TRUE(series->lanes[3].isRest());
  EXPECT_EQ(series->lanes[3].name, "1 other");
  EXPECT_EQ(series->lanes[0].allocations, (std::vector<quint64>{4, 0}));
  EXPECT_EQ(series->lanes[1].bytes, (std::vector<quint64>{0, 24}));
}

TEST_F(Series, TemporaryAllocationsAreCounted) {
  const auto block = live.program.at(0).allocate(8, stackOf("parse"));
  live.program.at(1).free(block);
  live.send();
  const auto series = ask({.steps = 1, .lanes = 1});
  ASSERT_TRUE(series);
  EXPECT_EQ(series->steps.at(0).temporaries, std::optional<quint64>(1));
}

}  // namespace
}  // namespace heaptap::gui
