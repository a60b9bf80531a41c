// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QTest>

#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

class BlocksViewTest : public testing::Test {
 protected:
  BlocksViewTest() {
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'200, 800);
    page.show();
    page.store().setSummary(summary);
    page.showView("blocks");
    BlockPage blocks{.recorded = 2, .atNs = 5'000, .rows = {}};
    blocks.rows = {{.address = 0x1000,
                    .size = 64,
                    .ageNs = 10,
                    .thread = "main",
                    .site = {1, 0},
                    .label = {"parse", "p.cpp:1"}},
                   {.address = 0x2000,
                    .size = 32,
                    .ageNs = 10,
                    .thread = "main",
                    .site = {2, 0},
                    .label = {"draw", "d.cpp:1"}}};
    page.store().blocks().answer(*page.store().blocks().wish(), blocks);
    view.table().setCurrentIndex(view.table().model()->index(1, 0));
  }
  AddressHistory threeLives() {
    AddressHistory history{.blocks = 3};
    for (const quint64 born : {1'000U, 3'000U, 6'000U})
      history.lives.push_back(
          {.bornNs = born,
           .freedNs = born == 6'000U ? std::nullopt : std::optional<quint64>(born + 2'500),
           .address = 0x2000,
           .size = 32,
           .thread = "main",
           .freedBy = "worker",
           .freedIn = {},
           .heap = {},
           .site = {2, 0},
           .label = {"draw", "d.cpp:1"}});
    return history;
  }

  SessionPage page;
  BlocksView& view = page.view<BlocksView>();
};

TEST_F(BlocksViewTest, TheKeyAsksForTheHistoryOfTheAddress) {
  EXPECT_FALSE(view.history().isVisible());
  EXPECT_EQ(view.historyAction().shortcut(), QKeySequence("Ctrl+H"));
  EXPECT_TRUE(view.table().actions().contains(&view.historyAction()));
  view.historyAction().trigger();
  ASSERT_TRUE(page.store().addressHistory().wish());
  EXPECT_EQ(page.store().addressHistory().wish()->address, 0x2000U);
  EXPECT_TRUE(view.history().isVisible());
  EXPECT_EQ(view.history().title(), "History of 0x2000");
  EXPECT_FALSE(view.isSettled());
  page.store().addressHistory().answer(*page.store().addressHistory().wish(), threeLives());
  EXPECT_TRUE(view.isSettled());
  EXPECT_EQ(view.history().title(), "0x2000 has had 3 blocks");
  const LifeModel& lives = view.history().model();
  ASSERT_EQ(lives.rowCount(), 3);
  EXPECT_EQ(view.history().table().currentIndex().row(), 1) << "the one that is live at the time of the page";
  const auto text = [&](int row, int column) { return lives.index(row, column).data().toString(); };
  EXPECT_EQ(text(0, LifeModel::Lived), "2 us");
  EXPECT_EQ(text(0, LifeModel::FreedBy), "worker");
  EXPECT_EQ(text(2, LifeModel::Lived), "live");
  EXPECT_EQ(text(2, LifeModel::Freed), "not freed");
  EXPECT_EQ(text(2, LifeModel::FreedBy), "");
}

TEST_F(BlocksViewTest, EscapeClosesTheHistory) {
  view.historyAction().trigger();
  page.store().addressHistory().answer(*page.store().addressHistory().wish(), threeLives());
  view.history().closeButton().click();
  EXPECT_FALSE(view.history().isVisible());
  EXPECT_FALSE(page.store().addressHistory().wish());
}

TEST_F(BlocksViewTest, TheMenuOffersIt) {
  const auto menu = view.table().contextMenu();
  EXPECT_TRUE(menu->actions().contains(&view.historyAction()));
}

TEST_F(BlocksViewTest, WhatIsNotKnownIsSaid) {
  view.historyAction().trigger();
  page.store().addressHistory().fail(*page.store().addressHistory().wish(), "it has no single events");
  EXPECT_EQ(view.history().table().emptyText(), "it has no single events");
  AddressHistory partly = threeLives();
  partly.blocks = 20'000;
  partly.knownFromNs = 2'000'000'000;
  view.historyAction().trigger();
  page.store().addressHistory().answer(*page.store().addressHistory().wish(), partly);
  EXPECT_EQ(view.history().title(),
            "0x2000 has had 20,000 blocks, the last 3 listed; events before 2.00 s are not stored");
}

}  // namespace
}  // namespace heaptap::gui
