// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gui/models/sessions/session_store.h"
#include "gui/models/sessions/time_words.h"
#include "gui/models/sites/site_filter_model.h"
#include "gui/models/trees/tree_text.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// At A: parse 100, render 50. At B: parse 300, render gone, grow 7.
class HeapSince : public testing::Test {
 protected:
  HeapSince() {
    Session session;
    session.id = "1";
    store.begin(session);
    store.expectHeap({time});
    store.setHeap(
        {time},
        test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 300, .liveBlocks = 3},
                       {.stack = 2, .functions = "render;main", .liveBytes = 0, .liveBlocks = 0},
                       {.stack = 3, .functions = "grow;main", .liveBytes = 7, .liveBlocks = 1},
                       {.stack = 4, .functions = "idle;main", .liveBytes = 0, .liveBlocks = 0}}),
        "at 2 s",
        test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 100, .liveBlocks = 1},
                       {.stack = 2, .functions = "render;main", .liveBytes = 50, .liveBlocks = 1}}));
  }
  TimeChoice time = TimeChoice::stretch(1, 2, TimeChoice::Of::Since);
  SessionStore store;
};

TEST_F(HeapSince, HasChangesAndWhatIsGone) {
  SiteFilterModel rows(store.siteModel(), SiteFilterModel::Show::SitesWithLiveBlocks);
  rows.sort(SiteModel::BytesChange, Qt::DescendingOrder);
  QStringList shown;
  for (int row = 0; row < rows.rowCount(); ++row)
    shown << rows.index(row, SiteModel::Function).data().toString().section(' ', 0, 0) + ' ' +
                 rows.index(row, SiteModel::BytesChange).data().toString() + ' ' +
                 rows.index(row, SiteModel::BlocksChange).data().toString();
  EXPECT_EQ(shown.join(", "), "parse +200 B +2, grow +7 B +1, render -50 B -1");
  EXPECT_TRUE(rows.index(0, SiteModel::BytesChange)
                  .data(Qt::ToolTipRole)
                  .toString()
                  .contains("100 bytes at A, 300 bytes at B"));
}

TEST_F(HeapSince, HasNoChangesOnceAnotherTimeIsWanted) {
  store.expectHeap({TimeChoice::instant(2)});
  EXPECT_EQ(store.siteModel().earlier(), nullptr);
  store.setHeap({TimeChoice::instant(2)},
                test::siteSet({{.stack = 2, .functions = "render;main", .liveBytes = 0, .liveBlocks = 0}}),
                "at 2 s");
  const SiteFilterModel rows(store.siteModel(), SiteFilterModel::Show::SitesWithLiveBlocks);
  EXPECT_EQ(rows.rowCount(), 0);
}

TEST_F(HeapSince, HasATreeWithBothNumbers) {
  const TreeQuery query;
  const CostTreePtr now = store.siteModel().sites()->tree(query, {});
  const CostTreePtr before = store.siteModel().earlier()->tree(query, {});
  const std::vector<quint64> totals = totalsIn(*before, *now);
  ASSERT_EQ(totals.size(), now->nodes().size());
  EXPECT_EQ(totals[CostTree::kRoot], 150U);
  const auto parse =
      now->find(std::vector<quint32>{test::FunctionNumbers::of("main"), test::FunctionNumbers::of("parse")});
  const auto grow =
      now->find(std::vector<quint32>{test::FunctionNumbers::of("main"), test::FunctionNumbers::of("grow")});
  ASSERT_TRUE(parse && grow);
  EXPECT_EQ(totals[*parse], 100U);
  EXPECT_EQ(totals[*grow], 0U) << "it is new";
  FunctionLabels labels;
  labels.setSites(store.siteModel().sites());
  const TreeWords words{.tree = *now, .labels = labels, .query = query, .before = &totals};
  EXPECT_TRUE(nodeLines(words, *parse).join('|').contains("100 bytes at A: +200 bytes"))
      << nodeLines(words, *parse).join('|').toStdString();
  EXPECT_TRUE(nodeSentence(words, *grow).endsWith("0 B at A"));
}

TEST(TimesSince, AreNoStretchButHaveABeginning) {
  const TimeChoice since = TimeChoice::stretch(1, 2, TimeChoice::Of::Since);
  EXPECT_TRUE(since.hasBeginning());
  EXPECT_TRUE(since.isSince());
  EXPECT_FALSE(since.isStretch());
  EXPECT_TRUE(TimeChoice::stretch(1, 2).isStretch());
  EXPECT_FALSE(TimeChoice::instant(2).hasBeginning());
}

TEST(TimesInWords, AreAnInstantOrAStretch) {
  EXPECT_EQ(timeWordsOf(" 12.5s "), (TimeWords{.at = "12.5s"}));
  EXPECT_EQ(timeWordsOf("10s .. 50%"), (TimeWords{.from = "10s", .to = "50%"}));
  EXPECT_EQ(timeWordsOf("warm.."), (TimeWords{.from = "warm"}));
  EXPECT_TRUE(timeWordsOf("  ").isEmpty());
  EXPECT_EQ(timeWordsOf("0.5s").at, "0.5s") << "a point is no stretch";
  EXPECT_EQ(timeWordsOf("10s-40s"), (TimeWords{.from = "10s", .to = "40s"}));
  EXPECT_EQ(timeWordsOf("10 – 50%"), (TimeWords{.from = "10", .to = "50%"}));
  for (const char* const one : {"-10s", "run-2", "2-run", "10s-"}) EXPECT_EQ(timeWordsOf(one).at, one);
}

}  // namespace
}  // namespace heaptap::gui
