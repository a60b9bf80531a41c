// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QImage>
#include <QTest>

#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

Histogram someSizes() {
  return {.series = {{.name = "parse", .function = "parse(char const*)", .sum = {3, 140}},
                     {.name = "render", .function = "render()", .sum = {1, 70}},
                     {.name = "other call sites", .function = {}, .sum = {1, 20}}},
          .bars = {{.from = 16, .to = 31, .parts = {{2, 40}, {0, 0}, {1, 20}}},
                   {.from = 32, .to = 63, .parts = {{0, 0}, {0, 0}, {0, 0}}},
                   {.from = 64, .to = 127, .parts = {{1, 100}, {1, 70}, {0, 0}}}}};
}

Histogram someLifetimes() {
  return {.series = {{.name = "render", .function = "render()", .sum = {1, 70}},
                     {.name = "unseen", .function = "unseen()", .sum = {1, 5}},
                     {.name = "other call sites", .function = {}, .sum = {}}},
          .bars = {{.from = 1'024, .to = 2'047, .parts = {{1, 70}, {1, 5}, {0, 0}}}}};
}

class Sizes : public testing::Test {
 protected:
  Sizes() {
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'200, 800);
    page.show();
    page.store().setSummary(summary);
    page.showView("sizes");
  }
  void answer(const Histogram& sizes, const Histogram& lifetimes) {
    page.store().sizes().answer(*page.store().sizes().wish(), sizes);
    page.store().lifetimes().answer(*page.store().lifetimes().wish(), lifetimes);
    QApplication::processEvents();
  }
  QColor pixelAt(HistogramChart& chart, const HistogramChart::Place& place) {
    return chart.grab().toImage().pixelColor(chart.rectOf(place).center().toPoint());
  }

  SessionPage page;
  SizesView& view = page.view<SizesView>();
};

TEST_F(Sizes, AsksWhileItIsShownForTheTimeAndTheFilter) {
  ASSERT_TRUE(page.store().sizes().wish());
  EXPECT_EQ(page.store().sizes().wish()->of, HistogramOf::Allocated);
  EXPECT_FALSE(view.isSettled());
  page.selection().setTime(TimeChoice::stretch(1, 2));
  page.selection().setFilter("parse");
  view.choice().setCurrentIndex(1);
  view.unit().setCurrentIndex(1);
  const HistogramWish wish = *page.store().lifetimes().wish();
  EXPECT_EQ(wish, *page.store().sizes().wish());
  EXPECT_EQ(wish.time, TimeChoice::stretch(1, 2));
  EXPECT_EQ(wish.filter, "parse");
  EXPECT_EQ(wish.of, HistogramOf::Live);
  EXPECT_EQ(wish.unit, HistogramUnit::Blocks);
}

TEST_F(Sizes, PaintsTheSameFunctionInTheSameColour) {
  answer(someSizes(), someLifetimes());
  EXPECT_TRUE(view.isSettled() || !page.store().heapTime().isNow());
  const Hues hues(view.palette());
  EXPECT_EQ(view.sizes().colourOf(0), hues.at(0));
  EXPECT_EQ(view.sizes().colourOf(2), hues.neutral());
  EXPECT_EQ(view.lifetimes().colourOf(0), view.sizes().colourOf(1));
  EXPECT_EQ(view.lifetimes().colourOf(1), hues.neutral()) << "it has no place in the legend";
  EXPECT_EQ(pixelAt(view.sizes(), {.bar = 0, .series = 0}), hues.at(0));
  EXPECT_EQ(pixelAt(view.sizes(), {.bar = 2, .series = 1}), hues.at(1));
  EXPECT_EQ(view.legend().accessibleName(), "Colours: parse, render, other call sites");
}

TEST_F(Sizes, BarsAreAsHighAsTheirNumbers) {
  answer(someSizes(), someLifetimes());
  const double small = view.sizes().rectOf({.bar = 0}).height();
  const double large = view.sizes().rectOf({.bar = 2}).height();
  EXPECT_NEAR(large / small, 170.0 / 60, 0.05);
  EXPECT_EQ(view.sizes().rectOf({.bar = 1}).height(), 0);
  EXPECT_FALSE(view.sizes().placeAt(view.sizes().rectOf({.bar = 1}).center()));
}

TEST_F(Sizes, KeysGoThroughBarsAndPartsAndScreenReadersHearIt) {
  answer(someSizes(), someLifetimes());
  HistogramChart& chart = view.sizes();
  QTest::keyClick(&chart, Qt::Key_Right);
  EXPECT_EQ(chart.accessibleDescription(), "16-31 B: 60 B in 3 blocks, 26.1 %");
  QTest::keyClick(&chart, Qt::Key_Up);
  EXPECT_EQ(chart.accessibleDescription(), "16-31 B, of parse: 40 B in 2 blocks, 17.4 %");
  QTest::keyClick(&chart, Qt::Key_Up);
  EXPECT_EQ(chart.current()->series, std::optional<std::size_t>(2)) << "render has nothing there";
  QTest::keyClick(&chart, Qt::Key_Up);
  EXPECT_EQ(chart.current()->series, std::optional<std::size_t>(2));
  QTest::keyClick(&chart, Qt::Key_End);
  EXPECT_EQ(chart.current()->bar, 2U);
  QTest::keyClick(&chart, Qt::Key_Right);
  EXPECT_EQ(chart.current()->bar, 2U);
  QTest::keyClick(&chart, Qt::Key_Home);
  EXPECT_EQ(chart.current()->bar, 0U);
  EXPECT_EQ(chart.accessibleName(), "Sizes");
  EXPECT_EQ(view.lifetimes().accessibleName(), "Lifetimes");
}

TEST_F(Sizes, AClickOnAPartFilters) {
  answer(someSizes(), someLifetimes());
  HistogramChart& chart = view.sizes();
  QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.rectOf({.bar = 2, .series = 1}).center().toPoint());
  const std::vector<FilterTerm>& terms = page.selection().filter().terms();
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0], FilterTerm::function("render()"));
  EXPECT_EQ(terms[1].of, FilterTerm::Of::Size);
  EXPECT_EQ(terms[1].least, view.sizes().histogram().bars[2].from);
  EXPECT_EQ(terms[1].most, view.sizes().histogram().bars[2].to);
  EXPECT_EQ(page.filterRow().chips().size(), 2);
}

TEST_F(Sizes, SaysWhyThereAreNoLifetimes) {
  page.store().sizes().answer(*page.store().sizes().wish(), someSizes());
  EXPECT_EQ(view.lifetimes().emptyText(), "Loading…");
  page.store().lifetimes().fail(*page.store().lifetimes().wish(), "a.heaptap: has no events");
  EXPECT_EQ(view.lifetimes().emptyText(), "a.heaptap: has no events");
  EXPECT_EQ(view.lifetimes().accessibleDescription(), "a.heaptap: has no events");
  EXPECT_TRUE(view.isSettled());
}

TEST_F(Sizes, SaysWhatOfTheLifetimesIsNotStored) {
  Histogram later = someLifetimes();
  later.knownFromNs = 2'000'000'000;
  answer(someSizes(), later);
  EXPECT_TRUE(view.aboutLifetimes().contains("only from 2.00 s on")) << view.aboutLifetimes().toStdString();
}

TEST_F(Sizes, KeepsTheCurrentRangeWhenTheNumbersChange) {
  answer(someSizes(), someLifetimes());
  view.sizes().setCurrent(HistogramChart::Place{.bar = 2});
  Histogram other = someSizes();
  other.bars.erase(other.bars.begin());
  answer(other, {});
  ASSERT_TRUE(view.sizes().current());
  EXPECT_EQ(view.sizes().current()->bar, 1U);
  answer({}, {});
  EXPECT_FALSE(view.sizes().current());
  QTest::keyClick(&view.sizes(), Qt::Key_Right);
  EXPECT_FALSE(view.sizes().current());
}

TEST_F(Sizes, AStretchOfTimeHasNoPeakAndSaysSo) {
  page.selection().setTime(TimeChoice::stretch(1, 2));
  view.choice().setCurrentIndex(2);
  answer({.series = {{.name = "other call sites", .function = {}, .sum = {}}}, .bars = {}}, {});
  EXPECT_EQ(view.sizes().emptyText(), "A stretch of time has no peak.");
}

}  // namespace
}  // namespace heaptap::gui
