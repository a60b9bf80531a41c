// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_source.h"

#include <gtest/gtest.h>

#include <QDeadlineTimer>

#include "tests/gui/tree_texts.h"

namespace heaptap::gui {
namespace {

using test::isSettled;
using test::nodeAt;
using test::parserSites;
using test::treeText;

TEST(TreeSourceOf, MakesNothingWhileItsViewIsHidden) {
  const auto sites = parserSites();
  TreeSource source;
  source.setActive(false);
  source.setSites(sites);
  source.setQuery({.cost = TreeCost::Allocations});
  EXPECT_FALSE(source.isWorking());
  EXPECT_EQ(source.tree(), nullptr);
  source.setActive(true);
  ASSERT_TRUE(isSettled(source));
  ASSERT_NE(source.tree(), nullptr);
  EXPECT_EQ(source.tree()->total(), 54U);
  EXPECT_EQ(sites->trees, 1);
}

TEST(TreeSourceOf, TheLastQuestionIsAnswered) {
  TreeSource source;
  source.setSites(parserSites());
  for (const TreeCost cost : kTreeCosts) source.setQuery({.cost = cost});
  source.setQuery({.direction = TreeDirection::BottomUp, .filter = "render"});
  ASSERT_TRUE(isSettled(source));
  EXPECT_EQ(treeText(*source.tree(), *parserSites()), "* 32/0\n read 32/0\n  render 32/0\n   main 32/32\n");
  EXPECT_EQ(source.treeQuery(), source.query());
}

TEST(TreeSourceOf, ASearchLeavesTheTree) {
  const auto sites = parserSites();
  TreeSource source;
  source.setSites(sites);
  ASSERT_TRUE(isSettled(source));
  source.setSearch("read");
  ASSERT_TRUE(isSettled(source));
  ASSERT_NE(source.matches(), nullptr);
  EXPECT_EQ(source.matches()->total, 160U);
  EXPECT_TRUE(source.isMatch(nodeAt(*source.tree(), "main;parse;read")));
  EXPECT_EQ(sites->trees, 1);
  source.setSearch({});
  ASSERT_TRUE(isSettled(source));
  EXPECT_EQ(source.matches(), nullptr);
}

TEST(TreeSourceOf, TellsARefreshFromAnotherTree) {
  std::vector<bool> refreshes;
  TreeSource source;
  QObject::connect(&source, &TreeSource::treeChanged, &source,
                   [&](bool isRefresh) { refreshes.push_back(isRefresh); });
  const auto show = [&](const Sites& sites) {
    source.setSites(sites);
    EXPECT_TRUE(isSettled(source));
  };
  show(parserSites());
  show(parserSites());
  source.setQuery({.cost = TreeCost::LiveBlocks});
  EXPECT_TRUE(isSettled(source));
  show(parserSites(2));
  source.setSites(nullptr);
  EXPECT_EQ(refreshes, (std::vector<bool>{false, true, false, false, false}));
  EXPECT_EQ(source.tree(), nullptr);
  EXPECT_EQ(source.labels().of(0).name, "");
}

/// Sites of which a tree takes some time.
class SlowSites : public test::SiteList {
 public:
  SlowSites() : SiteList({test::siteOf({.stack = 1, .functions = "main", .liveBytes = 1})}) {}
  [[nodiscard]] CostTreePtr tree(const TreeQuery& query, const std::stop_token& stop) const override {
    const QDeadlineTimer enough(100);
    while (!enough.hasExpired()) continue;
    return SiteList::tree(query, stop);
  }
};

TEST(TreeSourceOf, RestsBetweenTreesOfALiveSession) {
  TreeSource source;
  source.setSites(std::make_shared<const SlowSites>());
  ASSERT_TRUE(isSettled(source));
  const auto next = parserSites();
  source.setSites(next);
  QTest::qWait(0);
  EXPECT_TRUE(source.isWorking()) << "a newer tree is to come";
  EXPECT_EQ(next->trees, 0) << "but not at once";
  source.setQuery({.cost = TreeCost::Allocations});
  ASSERT_TRUE(isSettled(source));
  EXPECT_EQ(next->trees, 1) << "what the user asks for does not wait";
}

TEST(TreeSourceOf, MayEndWhileItWorks) {
  for (int i = 0; i < 50; ++i) {
    TreeSource source;
    source.setSites(parserSites());
    source.setSearch("read");
  }
  SUCCEED() << "the sanitizers look";
}

TEST(TreeWordsOf, SayWhatANodeIs) {
  TreeSource source;
  source.setSites(parserSites());
  ASSERT_TRUE(isSettled(source));
  const quint32 parse = nodeAt(*source.tree(), "main;parse");
  const quint32 read = nodeAt(*source.tree(), "main;parse;read");
  EXPECT_EQ(nodeSentence(source.words(), parse),
            "parse, 192 B live, 80.0 % of the whole, 80.0 % of the one above");
  EXPECT_EQ(nodeLines(source.words(), parse).join('\n'),
            "parse\nin /usr/bin/program\nat /src/parse.cpp:12\n192 bytes live, 80.0 % of the whole\n"
            "80.0 % of what its caller has\n64 bytes by the function itself");
  EXPECT_EQ(nodeStackText(source.words(), read),
            "read  (/src/read.cpp:12)\nparse  (/src/parse.cpp:12)\nmain  (/src/main.cpp:12)\n");
  source.setQuery({.direction = TreeDirection::BottomUp});
  ASSERT_TRUE(isSettled(source));
  EXPECT_EQ(nodeStackText(source.words(), nodeAt(*source.tree(), "read;parse")),
            "read  (/src/read.cpp:12)\nparse  (/src/parse.cpp:12)\n")
      << "innermost first, here too";
  EXPECT_EQ(foundText(2, 160, 240), "2 found, 66.7 %");
  EXPECT_EQ(foundText(0, 0, 240), "nothing found");
}

}  // namespace
}  // namespace heaptap::gui
