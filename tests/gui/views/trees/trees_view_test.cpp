// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "gui/views/call_tree/call_tree_view.h"
#include "gui/views/flame_graph/flame_graph_view.h"
#include "tests/gui/all_views.h"
#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::nodeAt;
using test::parserSites;
using test::siteSet;

/// A session that runs, in the views of the window.
class TreesOfASession : public testing::TestWithParam<QString> {
 protected:
  TreesOfASession() {
    Summary summary;
    summary.session.id = "1";
    summary.session.command = {"jq", "."};
    summary.session.state = SessionState::Live;
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'000, 700);
    page.show();
    page.store().setSummary(summary);
    page.store().setSites(parserSites());
    EXPECT_TRUE(page.showView(GetParam()));
    settle();
  }
  TreesView& view() {
    return GetParam() == "call-tree" ? static_cast<TreesView&>(page.view<CallTreeView>())
                                     : page.view<FlameGraphView>();
  }
  [[nodiscard]] const CostTree& tree() { return *view().panel().source().tree(); }
  void settle() {
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return view().panel().source().tree() && view().isSettled(); }, 60'000));
  }
  void choose(const QString& functions) {
    const quint32 node = nodeAt(tree(), functions);
    if (GetParam() == "call-tree")
      static_cast<CallTreePanel&>(view().panel()).tree().goTo(node);
    else
      static_cast<FlameGraphPanel&>(view().panel()).graph().setCurrentNode(node);
    settle();
  }

  /// An entry of the menu of what is current, by its title; before it those of the menus that it lies in.
  void choosesInMenu(const QStringList& way) {
    const auto menu = GetParam() == "call-tree"
                          ? static_cast<CallTreePanel&>(view().panel()).tree().contextMenu()
                          : static_cast<FlameGraphPanel&>(view().panel()).graph().contextMenu();
    const QMenu* within = menu.get();
    for (const QString& title : way) {
      QAction* entry = nullptr;
      for (QAction* action : within->actions())
        if (action->text().remove('&') == title) entry = action;
      ASSERT_NE(entry, nullptr) << title.toStdString();
      if (entry->menu() != nullptr)
        within = entry->menu();
      else
        entry->trigger();
    }
  }

  SessionPage page;
};

TEST_P(TreesOfASession, AreOfTheSitesThatTheTablesShow) {
  EXPECT_EQ(tree().total(), 240U);
  page.store().setSites(
      siteSet({{.stack = 1, .functions = "read;parse;main", .liveBytes = 7, .liveBlocks = 1}}));
  settle();
  EXPECT_EQ(tree().total(), 7U);
}

TEST_P(TreesOfASession, FollowTheFilterAndSetIt) {
  page.selection().setFilter("render");
  settle();
  EXPECT_EQ(tree().total(), 32U);
  page.selection().setFilter({});
  settle();
  choose("main;parse");
  choosesInMenu({"Filter by This Function"});
  settle();
  EXPECT_EQ(page.selection().filter(), SiteFilter({FilterTerm::function("parse")}));
  EXPECT_EQ(tree().total(), 192U);
}

TEST_P(TreesOfASession, OfferWhatThePageOffersForAFunction) {
  QSignalSpy marked(&page, &SessionPage::codeMarked);
  choose("main;parse");
  choosesInMenu({"Not Mine", "This Function"});
  ASSERT_EQ(marked.count(), 1);
  EXPECT_EQ(marked.last().first().value<CodeMark>(),
            (CodeMark{.isOwn = false, .of = CodeMark::Of::Function, .name = "parse"}));
  choosesInMenu({"Show This Function In", "Call Sites"});
  EXPECT_EQ(page.currentView(), "call-sites");
  EXPECT_EQ(page.selection().filter(), SiteFilter({FilterTerm::function("parse")}));
}

TEST_P(TreesOfASession, FollowTheChosenTime) {
  const TimeChoice then = TimeChoice::stretch(1'000, 2'000);
  page.store().expectHeap({then});
  page.store().setHeap({then},
                       siteSet({{.stack = 9, .functions = "grow;main", .liveBytes = 64, .liveBlocks = 1}}, 5),
                       "from 1 us to 2 us");
  settle();
  EXPECT_EQ(tree().total(), 64U);
}

TEST_P(TreesOfASession, ShowTheSitesBelowANodeInTheDetails) {
  choose("main;parse");
  EXPECT_EQ(page.selection().sites().total, 2U);
  EXPECT_EQ(page.selection().sites().rows, (std::vector<std::size_t>{0, 1})) << "the largest first";
  EXPECT_EQ(page.selection().sites().title, "parse");
  choose("main;render;read");
  EXPECT_EQ(page.selection().sites().rows, (std::vector<std::size_t>{2}));
}

TEST_P(TreesOfASession, AreDrawnByThePeakOnceItHasEnded) {
  EXPECT_EQ(view().panel().source().query().cost, TreeCost::LiveBytes);
  Summary over = *page.store().summary();
  over.session.state = SessionState::Complete;
  page.store().setSummary(over);
  EXPECT_EQ(view().panel().source().query().cost, TreeCost::PeakBytes);
  QComboBox& cost = view().panel().controls().cost();
  cost.setCurrentText("Allocations");
  emit cost.activated(cost.currentIndex());
  page.store().setSummary(over);
  EXPECT_EQ(view().panel().source().query().cost, TreeCost::Allocations) << "what the user has chosen stays";
}

TEST_P(TreesOfASession, MakeNothingWhileTheyAreHidden) {
  page.showView("call-sites");
  const auto sites = parserSites();
  page.store().setSites(sites);
  QTest::qWait(0);
  EXPECT_EQ(sites->trees, 0);
  page.showView(GetParam());
  settle();
  EXPECT_EQ(sites->trees, 1);
}

INSTANTIATE_TEST_SUITE_P(Views, TreesOfASession, testing::Values("call-tree", "flame-graph"),
                         [](const auto& given) {
                           return given.param == "call-tree" ? "CallTree" : "FlameGraph";
                         });

}  // namespace
}  // namespace heaptap::gui
