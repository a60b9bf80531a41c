// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/selection.h"

#include <gtest/gtest.h>

#include "gui/models/sessions/session_store.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// Which parts have changed, one entry for each signal.
struct Heard {
  explicit Heard(Selection& selection) {
    QObject::connect(&selection, &Selection::changed, &context,
                     [this](Selection::Parts changed) { parts.push_back(changed); });
  }
  QObject context;
  std::vector<Selection::Parts> parts;
};

TEST(Selection, TellsWhatHasChangedAndNothingElse) {
  Selection selection;
  const Heard heard(selection);
  selection.setTime(TimeChoice::instant(5));
  selection.setTime(TimeChoice::instant(5));
  selection.setFilter("parse");
  selection.setMark(2);
  selection.setMark(2);
  EXPECT_EQ(heard.parts,
            (std::vector<Selection::Parts>{Selection::Time, Selection::Filter, Selection::Mark}));
}

TEST(Selection, GoesBackAndForwardThroughTimesAndFilters) {
  Selection selection;
  EXPECT_FALSE(selection.canGoBack());
  selection.setTime(TimeChoice::instant(5));
  selection.setTime(TimeChoice::stretch(5, 9));
  for (const char* text : {"p", "pa", "par"}) selection.setFilter(text, Selection::Step::Typing);
  selection.goBack();
  EXPECT_EQ(selection.filter(), "") << "what was typed in one go is one step";
  EXPECT_EQ(selection.time(), TimeChoice::stretch(5, 9));
  selection.goBack();
  EXPECT_EQ(selection.time(), TimeChoice::instant(5));
  selection.goForward();
  selection.goForward();
  EXPECT_EQ(selection.filter(), "par");
  EXPECT_FALSE(selection.canGoForward());
  selection.goBack();
  selection.setTime({});
  EXPECT_FALSE(selection.canGoForward()) << "from here on it is another way";
}

TEST(Selection, OfAnotherSessionKeepsTheFilterOnly) {
  Selection selection;
  selection.setTime(TimeChoice::instant(5));
  selection.setFilter("parse");
  selection.setMark(1);
  selection.clear();
  EXPECT_TRUE(selection.time().isNow());
  EXPECT_EQ(selection.filter(), "parse");
  EXPECT_EQ(selection.mark(), std::nullopt);
  EXPECT_FALSE(selection.canGoBack());
}

class Store : public testing::Test {
 protected:
  Store() {
    Session session;
    session.id = "1";
    store.begin(session);
    store.setSites(now);
  }
  const Sites now = test::siteSet({{.stack = 1, .functions = "now", .liveBytes = 5}});
  const Sites then = test::siteSet({{.stack = 1, .functions = "then", .liveBytes = 3}});
  SessionStore store;
};

TEST_F(Store, ShowsTheHeapOfTheChosenTimeAndNotTheNewest) {
  EXPECT_EQ(store.siteModel().sites(), now);
  const TimeChoice time = TimeChoice::instant(5);
  store.expectHeap({time});
  EXPECT_EQ(store.siteModel().sites(), nullptr) << "numbers of another time are not left standing";
  store.setSites(test::siteSet({{.stack = 1, .functions = "later"}}));
  EXPECT_EQ(store.siteModel().sites(), nullptr);
  store.setHeap({time}, then, "at 5 ns");
  EXPECT_EQ(store.siteModel().sites(), then);
  EXPECT_EQ(store.heapWords(), "at 5 ns");
  store.expectHeap({});
  EXPECT_EQ(store.siteModel().sites(), store.sites());
}

TEST_F(Store, IgnoresAnswersToWhatIsNotAskedAnyMore) {
  store.expectHeap({TimeChoice::instant(5)});
  store.expectHeap({TimeChoice::instant(6)});
  store.setHeap({TimeChoice::instant(5)}, then, "at 5 ns");
  EXPECT_EQ(store.siteModel().sites(), nullptr);
  store.setHeapProblem({TimeChoice::instant(5)}, "no");
  EXPECT_EQ(store.heapProblem(), "");
  store.expectHeap({});
  store.setHeap({TimeChoice::instant(6)}, then, "at 6 ns");
  EXPECT_EQ(store.siteModel().sites(), now);
}

TEST_F(Store, ASummaryOfAnotherSessionBeginsThatOne) {
  Summary summary;
  summary.session.id = "2";
  store.setSummary(summary);
  EXPECT_EQ(store.session().id, "2");
  EXPECT_EQ(store.sites(), nullptr);
}

}  // namespace
}  // namespace heaptap::gui
