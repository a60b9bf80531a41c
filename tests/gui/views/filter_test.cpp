// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QMenu>
#include <QTest>

#include "gui/models/filter/filter_words.h"
#include "gui/views/call_sites/sites_view.h"
#include "gui/views/frame/session_page.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

class FilterOfPage : public testing::Test {
 protected:
  FilterOfPage() {
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.store().setSummary(summary);
    page.store().setSites(test::siteSet(
        {{.stack = 1, .functions = "parse;main", .liveBytes = 1'024, .liveBlocks = 1, .allocations = 1},
         {.stack = 2, .functions = "render;main", .liveBytes = 2'048, .liveBlocks = 1, .allocations = 1},
         {.stack = 3, .functions = "reparse;main", .liveBytes = 3'072, .liveBlocks = 1, .allocations = 1}}));
    page.resize(1200, 800);
    page.show();
    page.showView("live-heap");
  }
  QStringList chips() {
    QStringList texts;
    for (const FilterChip* chip : page.filterRow().chips()) texts << termText(chip->term());
    return texts;
  }
  int rows() { return page.view<LiveHeapView>().table().model()->rowCount(); }
  void type(const QString& text) { QTest::keyClicks(&page.filterBox(), text); }
  void press(int key) { QTest::keyClick(&page.filterBox(), static_cast<Qt::Key>(key)); }

  SessionPage page;
};

TEST_F(FilterOfPage, WhatIsTypedCountsAtOnceAndStaysAfterEnter) {
  EXPECT_FALSE(page.filterRow().isVisible());
  type("parse");
  EXPECT_EQ(rows(), 2);
  EXPECT_EQ(chips(), QStringList());
  EXPECT_EQ(page.filterRow().text(),
            "2 of 3 call sites  ·  4.00 KiB of 6.00 KiB live  ·  2 of 3 allocations");
  press(Qt::Key_Return);
  EXPECT_EQ(chips(), QStringList("parse"));
  EXPECT_EQ(page.filterBox().text(), "");
  EXPECT_EQ(rows(), 2);
  type("-function=parse");
  EXPECT_EQ(rows(), 1) << "both terms hold";
  press(Qt::Key_Return);
  EXPECT_EQ(chips(), QStringList({"parse", "not function = parse"}));
}

TEST_F(FilterOfPage, WhatIsNoTermIsSaidAndDoesNothing) {
  type("size>");
  EXPECT_EQ(rows(), 3);
  EXPECT_TRUE(page.filterRow().isVisible());
  EXPECT_EQ(page.filterRow().text(), "A size is written as size>4K, size<=64 or size:1K-4K.");
  press(Qt::Key_Return);
  EXPECT_EQ(chips(), QStringList());
  page.filterBox().setText("/(/");
  EXPECT_TRUE(page.filterRow().text().startsWith("This is no regular expression"))
      << page.filterRow().text().toStdString();
}

TEST_F(FilterOfPage, ChipsAreChangedInvertedAndRemovedByKeys) {
  page.selection().setFilter("parse");
  ASSERT_EQ(chips(), QStringList("parse"));
  QTest::keyClick(page.filterRow().chips()[0], Qt::Key_N);
  EXPECT_EQ(chips(), QStringList("not parse"));
  EXPECT_EQ(rows(), 1);
  QTest::keyClick(page.filterRow().chips()[0], Qt::Key_Return);
  EXPECT_EQ(chips(), QStringList());
  EXPECT_EQ(page.filterBox().text(), "-parse") << "to be changed where terms are typed";
  EXPECT_EQ(rows(), 1);
  press(Qt::Key_Return);
  press(Qt::Key_Backspace);
  EXPECT_EQ(page.filterBox().text(), "-parse");
  press(Qt::Key_Return);
  QTest::keyClick(page.filterRow().chips()[0], Qt::Key_Delete);
  EXPECT_EQ(rows(), 3);
  EXPECT_FALSE(page.filterRow().isVisible());
}

TEST_F(FilterOfPage, ClearsAndGoesBackToWhatWas) {
  page.selection().setFilter("parse");
  page.filterRow().clearButton().click();
  EXPECT_EQ(chips(), QStringList());
  EXPECT_EQ(rows(), 3);
  page.selection().goBack();
  EXPECT_EQ(chips(), QStringList("parse"));
  EXPECT_EQ(rows(), 2);
}

TEST_F(FilterOfPage, AViewThatDoesNotFollowATermSaysSo) {
  page.selection().setFilter(SiteFilter("parse").with(std::get<FilterTerm>(readTerm("size>4K"))));
  ASSERT_EQ(page.filterRow().chips().size(), 2);
  EXPECT_TRUE(page.filterRow().chips()[1]->isFollowed());
  page.showView("findings");
  EXPECT_TRUE(page.filterRow().chips()[0]->isFollowed());
  EXPECT_FALSE(page.filterRow().chips()[1]->isFollowed());
  EXPECT_NE(page.filterRow().chips()[1]->accessibleDescription(), "");
}

TEST_F(FilterOfPage, ManyLongChipsLeaveTheWindowNarrow) {
  SiteFilter filter;
  for (int i = 0; i < 8; ++i) filter = filter.with({.text = QString(5'000, QChar('a' + i))});
  page.selection().setFilter(filter);
  EXPECT_LE(page.minimumSizeHint().width(), 690);
}

TEST_F(FilterOfPage, TheMenuOfTheBoxBeginsATerm) {
  for (QAction* action : page.filterBox().kinds().actions())
    if (action->text().startsWith("&Module")) action->trigger();
  EXPECT_EQ(page.filterBox().text(), "module:");
}

}  // namespace
}  // namespace heaptap::gui
