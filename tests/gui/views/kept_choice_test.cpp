// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/gui/all_views.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

Summary runOf(const QString& id, SessionState state) {
  Summary summary;
  summary.session.id = id;
  summary.session.state = state;
  return summary;
}

Sites sitesOfRun(quint64 series) {
  return test::siteSet({{.stack = 1, .functions = "render;main", .liveBytes = 200, .liveBlocks = 2},
                        {.stack = 2, .functions = "parse;main", .liveBytes = 100, .liveBlocks = 1}},
                       series);
}

TEST(KeptChoice, StaysWhenTheSessionBeginsAgainAndOfNoOther) {
  SessionPage page;
  SessionStore& store = page.store();
  store.setSummary(runOf("1", SessionState::Live));
  store.setSites(sitesOfRun(1));
  page.showView("live-heap");
  const TimeChoice stretch = TimeChoice::stretch(1'000, 2'000);
  page.selection().setTime(stretch);
  SiteTable& table = page.view<LiveHeapView>().table();
  table.choose({2, 0});
  ASSERT_EQ(page.site().title(), "parse ← main");
  page.view<SourceView>().showLine("/src/other.cpp", 7);

  page.keepChoiceOf("1");
  store.begin();  // As a source that is gone does.
  const Summary ended = runOf("1", SessionState::Complete);
  store.begin(ended.session);
  store.setSummary(ended);
  store.setSites(sitesOfRun(2));
  EXPECT_EQ(page.selection().time(), stretch);
  EXPECT_EQ(table.currentStack(), 2U);
  EXPECT_EQ(page.site().title(), "parse ← main");
  EXPECT_EQ(page.view<SourceView>().file(), "/src/other.cpp");
  EXPECT_EQ(page.view<SourceView>().line(), 7U);

  page.keepChoiceOf("2");  // That is not shown.
  store.begin();
  store.begin(ended.session);
  EXPECT_TRUE(page.selection().time().isNow());
  EXPECT_TRUE(page.view<SourceView>().file().isEmpty());
  page.selection().setTime(stretch);
  page.keepChoiceOf("1");
  store.begin(runOf("2", SessionState::Live).session);
  EXPECT_TRUE(page.selection().time().isNow()) << "of another session nothing is chosen yet";
}

}  // namespace
}  // namespace heaptap::gui
