// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QStatusBar>

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

TEST(MainWindow, AsksForNoSessionOfASourceThatGoes) {
  MainWindow window;
  window.showSessions({named("a", 1), named("b", 2)});
  window.store().setSummary(summaryOf(named("a", 1)));
  ASSERT_EQ(window.sessionList().currentIndex().data(SessionListModel::IdRole), "a");
  const QSignalSpy chosen(&window, &MainWindow::sessionChosen);
  window.expect("unix:/other", "Connecting…");
  window.showSessions({named("c", 3)});
  EXPECT_EQ(chosen.count(), 0);
}

TEST(MainWindow, ReloadsAndClosesFilesToo) {
  MainWindow window;
  auto* const file = window.menuBar()->actions().front()->menu();
  const auto isEnabled = [&](const QString& text) {
    emit file->aboutToShow();
    for (const QAction* action : file->actions())
      if (action->text().remove('&') == text) return action->isEnabled();
    ADD_FAILURE() << text.toStdString();
    return false;
  };
  EXPECT_FALSE(isEnabled("Close"));
  window.expect({}, "Reading…");  // Files have no address.
  window.showSessions({named("a", 1)});
  EXPECT_TRUE(isEnabled("Close"));
  EXPECT_TRUE(isEnabled("Reload"));
}

TEST(MainWindow, SaysThatAViewHasNothingToShow) {
  MainWindow window;
  window.store().setSummary(summaryOf(named("a", 1)));
  for (QAction* action : window.menuBar()->actions().at(1)->menu()->actions())
    if (action->text().remove('&') == "Heaps") action->trigger();
  EXPECT_EQ(window.statusBar()->currentMessage(), "Heaps: the session has nothing to show there by now.");
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
