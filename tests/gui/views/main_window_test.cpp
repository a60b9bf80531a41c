// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

Session named(const QString& id, qint64 startedNs) {
  Session session;
  session.id = id;
  session.command = {"program-" + id};
  session.startedAtUnixNs = startedNs;
  return session;
}

Summary summaryOf(const Session& session) {
  Summary summary;
  summary.session = session;
  return summary;
}

TEST(MainWindow, SaysWhatToDoWhenThereIsNothingToShow) {
  MainWindow window;
  EXPECT_FALSE(window.showsSession());
  EXPECT_EQ(window.message().title(), "No session yet");
  EXPECT_TRUE(window.message().text().contains("heaptap run"));
  window.showSessions({});
  EXPECT_EQ(window.message().title(), "No sessions yet");
}

TEST(MainWindow, ListsSessionsOnlyWhenThereAreSeveral) {
  MainWindow window;
  window.showSessions({named("a", 1)});
  EXPECT_TRUE(window.sessionList().isHidden());
  window.showSessions({named("a", 1), named("b", 2)});
  EXPECT_FALSE(window.sessionList().isHidden());
}

TEST(MainWindow, AsksForTheSessionThatIsChosenInTheList) {
  MainWindow window;
  window.showSessions({named("a", 1), named("b", 2)});
  window.store().setSummary(summaryOf(named("b", 2)));
  const QSignalSpy chosen(&window, &MainWindow::sessionChosen);
  EXPECT_EQ(window.sessionList().currentIndex().data(SessionListModel::IdRole), "b");
  window.sessionList().setCurrentIndex(window.sessions().index(window.sessions().rowOf("a")));
  ASSERT_EQ(chosen.count(), 1);
  EXPECT_EQ(chosen.at(0).at(0), "a");
}

TEST(MainWindow, ShowsAProblemInPlaceOfASessionOrAboveIt) {
  MainWindow window;
  window.showProblem("No answer", "unix:/x: no collector answers");
  EXPECT_EQ(window.message().title(), "No answer");
  EXPECT_EQ(window.message().text(), "unix:/x: no collector answers");
  window.store().setSummary(summaryOf(named("a", 1)));
  window.showProblem("No answer", "unix:/x: no collector answers");
  EXPECT_TRUE(window.showsSession());
  EXPECT_EQ(window.problem().text(), "No answer: unix:/x: no collector answers");
  window.clearProblem();
  EXPECT_TRUE(window.problem().isHidden());
}

TEST(MainWindow, NamesWhatItShows) {
  MainWindow window;
  window.expect("unix:/run/heaptap.sock", "Connecting…");
  window.store().setSummary(summaryOf(named("a", 1)));
  EXPECT_EQ(window.windowTitle(), "program-a - unix:/run/heaptap.sock - heaptap");
}

TEST(MainWindow, RemembersItsSize) {
  {
    MainWindow window;
    window.show();
    window.resize(901, 703);
    window.close();
  }
  const MainWindow again;
  EXPECT_EQ(again.size(), QSize(901, 703));
}

}  // namespace
}  // namespace heaptap::gui
