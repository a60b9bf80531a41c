// SPDX-License-Identifier: Apache-2.0
#include "gui/app/program_run.h"

#include <gtest/gtest.h>

#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include "gui/app/viewer.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::gui {
namespace {

constexpr int kRunLimitMs = 60'000;
constexpr const char* kTail = "/usr/bin/tail";

/// The viewer with a program that it has started itself, recorded by the real recorder.
class ProgramOf : public testing::Test {
 protected:
  ProgramOf() {
    qputenv("PATH", QFileInfo(HEAPTAP_GUI_PROGRAM).path().toLocal8Bit() + ':' + qgetenv("PATH"));
    window.resize(1'100, 760);
    window.show();
  }
  ~ProgramOf() override { qputenv("PATH", m_path); }

  template <class Condition>
  static bool until(Condition condition) {
    return QTest::qWaitFor(condition, kRunLimitMs);
  }
  [[nodiscard]] ProgramOrder orderOf(const QStringList& command) const {
    return {.command = command, .file = QString::fromStdString((folder / "run.heaptap").string())};
  }
  bool untilLive() {
    return until([&] { return window.showsSession() && window.session().store().session().isLive(); });
  }
  bool untilEnded() {
    return until([&] {
      return !window.output().stopButton().isEnabled() && window.showsSession() &&
             window.session().store().session().state == SessionState::Complete &&
             window.session().store().isFinished();
    });
  }

  heaptap::test::TemporaryFolder folder;
  MainWindow window;
  Viewer viewer{window};

 private:
  QByteArray m_path = qgetenv("PATH");
};

TEST_F(ProgramOf, AUserIsWatchedWhileItRunsAndShownWhenItHasEnded) {
  emit window.programWanted(orderOf({kTail, "-f", "/dev/null"}));
  ASSERT_TRUE(untilLive()) << window.output().text().toStdString();
  EXPECT_TRUE(window.output().isVisible());
  EXPECT_TRUE(window.output().state().contains("is running"));
  window.output().stopButton().click();
  ASSERT_TRUE(untilEnded()) << window.output().text().toStdString();
  EXPECT_EQ(window.output().state(), "The program was ended by signal 15.");
  EXPECT_TRUE(window.windowTitle().contains("tail"));
  EXPECT_FALSE(window.output().stopButton().isEnabled());
}

TEST_F(ProgramOf, AUserIsToldWhatToDoWhileItIsRecorded) {
  emit window.programWanted(orderOf({kTail, "-f", "/dev/null"}));
  ASSERT_TRUE(untilLive()) << window.output().text().toStdString();
  LiveBar& bar = window.session().header().live();
  ASSERT_TRUE(until([&] { return bar.isVisible(); }));
  emit bar.wanted({.kind = LiveCommand::Kind::Mark, .name = "from the viewer"});
  emit bar.wanted({.kind = LiveCommand::Kind::Pause});
  emit bar.wanted({.kind = LiveCommand::Kind::Resume});
  emit bar.wanted({.kind = LiveCommand::Kind::Snapshot, .name = "all of it"});
  const auto marks = [&] {
    QStringList names;
    if (const auto& summary = window.session().store().summary())
      for (const Mark& mark : summary->marks) names << mark.name;
    return names;
  };
  ASSERT_TRUE(until([&] {
    return marks() == QStringList({"from the viewer", "all of it"});
  })) << marks().join(", ").toStdString();
  emit bar.wanted({.kind = LiveCommand::Kind::Stop});
  ASSERT_TRUE(until([&] { return !window.session().store().session().isLive(); }));
  EXPECT_FALSE(bar.isVisible());
  EXPECT_TRUE(window.output().stopButton().isEnabled()) << "the program itself runs on";
  window.output().stopButton().click();
  ASSERT_TRUE(until([&] { return !window.output().stopButton().isEnabled(); }));
}

TEST_F(ProgramOf, AUserHasItsFolderItsEnvironmentAndItsOutput) {
  ProgramOrder order = orderOf({"sh", "-c", "echo \"$GREETING from $PWD\"; echo wrong >&2; exit 3"});
  order.folder = QString::fromStdString(folder.path().string());
  order.environment = {"GREETING=a=b"};
  order.file = "run.heaptap";
  emit window.programWanted(order);
  ASSERT_TRUE(untilEnded()) << window.output().text().toStdString();
  EXPECT_EQ(window.output().state(), "The program has ended with status 3.");
  EXPECT_TRUE(window.output().text().contains("a=b from " + order.folder))
      << window.output().text().toStdString();
  EXPECT_TRUE(window.output().text().contains("wrong"));
  EXPECT_TRUE(QFileInfo::exists(order.folder + "/run.heaptap"));
}

TEST_F(ProgramOf, AUserIsShownWithAllThatItHasStarted) {
  emit window.programWanted(
      orderOf({"sh", "-c", "sh -c 'exit 0'; " + QString(kTail) + " /dev/null; exit 0"}));
  ASSERT_TRUE(until([&] { return !window.output().stopButton().isEnabled(); }));
  EXPECT_TRUE(until([&] { return window.sessions().rowCount() == 3 && window.showsSession(); }))
      << window.sessions().rowCount() << '\n'
      << window.output().text().toStdString();
}

TEST_F(ProgramOf, AUserIsShownWhereASecondFileWasBefore) {
  const QString one = QString::fromStdString((folder / "one.heaptap").string());
  const QString two = QString::fromStdString((folder / "two.heaptap").string());
  for (const QString& file : {one, two})
    ASSERT_EQ(QProcess::execute(QFileInfo(HEAPTAP_GUI_PROGRAM).path() + "/heaptap",
                                {"run", "-q", "-o", file, "--", "true"}),
              0);
  emit window.filesChosen({one, two});
  ASSERT_TRUE(until([&] { return window.sessions().rowCount() == 2 && window.showsSession(); }));
  // Its row is the last to go when others come.
  window.sessionList().setCurrentIndex(window.sessions().index(1));
  ASSERT_TRUE(until([&] { return window.session().store().session().id == window.sessions().at(1).id; }));
  emit window.programWanted(orderOf({kTail, "-f", "/dev/null"}));
  EXPECT_TRUE(untilLive()) << window.problem().text().toStdString();
  EXPECT_TRUE(window.windowTitle().contains("tail"));
  window.output().stopButton().click();
  ASSERT_TRUE(untilEnded());
}

TEST_F(ProgramOf, AUserThatWritesMuchIsNotKeptWaiting) {
  emit window.programWanted(
      orderOf({"sh", "-c", "yes 'a line of the program' | head -c 30000000; echo the end"}));
  ASSERT_TRUE(until([&] { return !window.output().stopButton().isEnabled(); }));
  EXPECT_TRUE(window.output().text().contains("the end"));
  EXPECT_GT(window.output().text().count("a line of the program\n"), 9'000) << "as many lines as are kept";
}

TEST_F(ProgramOf, AUserThatThereIsNotIsTold) {
  emit window.programWanted(orderOf({"/nowhere/at-all"}));
  ASSERT_TRUE(until([&] { return !window.output().stopButton().isEnabled(); }));
  EXPECT_EQ(window.output().state(), "The program was not started; its output says why.");
  EXPECT_TRUE(window.output().text().contains("/nowhere/at-all"));
  EXPECT_FALSE(window.showsSession());
}

TEST_F(ProgramOf, OneAtATime) {
  emit window.programWanted(orderOf({kTail, "-f", "/dev/null"}));
  ASSERT_TRUE(untilLive());
  emit window.programWanted(orderOf({"ls"}));
  EXPECT_TRUE(window.problem().isVisible());
  EXPECT_TRUE(window.problem().accessibleName().contains("tail -f /dev/null is still running"));
  window.output().stopButton().click();
  ASSERT_TRUE(untilEnded());
}

}  // namespace
}  // namespace heaptap::gui
