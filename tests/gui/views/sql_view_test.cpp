// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QFile>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/models/sql/sql_examples.h"
#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

class Sql : public testing::Test {
 protected:
  Sql() {
    QSettings().remove("sql/history");
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1'200, 800);
    page.show();
    page.store().setSummary(summary);
    page.showView("sql");
  }
  ~Sql() override { QSettings().remove("sql/history"); }
  Asked<SqlWish, SqlResult>& asked() { return page.store().sql(); }
  void type(const QString& statements) { view.editor().setPlainText(statements); }
  static SqlResult oneRow() {
    SqlResult result;
    result.columns = {"name", "n"};
    result.rows = {{QStringLiteral("parse"), qint64{2}}};
    result.tookNs = 1'230'000;
    return result;
  }

  SessionPage page;
  SqlView& view = page.view<SqlView>();
};

TEST_F(Sql, BeginsWithTheFirstExample) {
  ASSERT_TRUE(asked().wish());
  EXPECT_EQ(asked().wish()->statements, sqlExamples().front().statement);
  EXPECT_TRUE(view.isRunning());
  EXPECT_FALSE(view.isSettled());
  EXPECT_EQ(view.about(), "Running… (Escape stops)");
}

TEST_F(Sql, CtrlEnterRunsWhatIsInTheEditor) {
  asked().answer(*asked().wish(), oneRow());
  type("SELECT 1");
  QTest::keyClick(&view.editor(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_EQ(asked().wish()->statements, "SELECT 1");
  EXPECT_EQ(view.editor().toPlainText(), "SELECT 1") << "no line is begun";
  asked().answer(*asked().wish(), oneRow());
  EXPECT_EQ(view.about(), "1 row in 1.23 ms");
  ASSERT_EQ(view.table().model()->rowCount(), 1);
  EXPECT_EQ(view.table().model()->index(0, 0).data().toString(), "parse");
  EXPECT_TRUE(view.isSettled());
  // The same once more.
  const quint64 turn = asked().wish()->turn;
  view.runButton().click();
  EXPECT_NE(asked().wish()->turn, turn);
}

TEST_F(Sql, EscapeStops) {
  type("SELECT count(*) FROM events a, events b");
  view.run();
  ASSERT_TRUE(view.isRunning());
  EXPECT_TRUE(view.stopButton().isEnabled());
  QTest::keyClick(&view.editor(), Qt::Key_Escape);
  EXPECT_FALSE(view.isRunning());
  EXPECT_FALSE(asked().wish());
  EXPECT_EQ(view.about(), "Stopped.");
  EXPECT_FALSE(view.stopButton().isEnabled());
}

TEST_F(Sql, AProblemIsOneLineBesideTheRowsSoFar) {
  SqlResult result = oneRow();
  result.problem = "SQL: no such column: x";
  asked().answer(*asked().wish(), result);
  EXPECT_EQ(view.about(), "SQL: no such column: x");
  EXPECT_EQ(view.table().model()->rowCount(), 1);
}

TEST_F(Sql, SaysThatThereAreMoreRowsThanAreShown) {
  SqlResult result = oneRow();
  result.isCut = true;
  result.missingEvents = 3;
  asked().answer(*asked().wish(), result);
  EXPECT_TRUE(view.about().startsWith("the first 1 row in 1.23 ms; there are more"))
      << view.about().toStdString();
  EXPECT_TRUE(view.about().contains("3 events were counted, but are not stored"));
}

TEST_F(Sql, RemembersWhatWasRunOnce) {
  for (const QString text : {"SELECT 1", "SELECT 2", "SELECT 1", "   "}) {
    type(text);
    view.run();
  }
  emit view.history().aboutToShow();
  ASSERT_EQ(view.history().actions().size(), 2);
  EXPECT_EQ(view.history().actions()[0]->text(), "SELECT 1");
  view.history().actions()[1]->trigger();
  EXPECT_EQ(view.editor().toPlainText(), "SELECT 2");
  EXPECT_EQ(asked().wish()->statements, "SELECT 2");
}

TEST_F(Sql, ExamplesAreRun) {
  ASSERT_EQ(view.examples().actions().size(), static_cast<qsizetype>(sqlExamples().size()));
  view.examples().actions()[2]->trigger();
  EXPECT_EQ(asked().wish()->statements, sqlExamples()[2].statement);
}

TEST_F(Sql, WritesTheRowsToAFile) {
  EXPECT_FALSE(view.exportButton().isEnabled());
  asked().answer(*asked().wish(), oneRow());
  EXPECT_TRUE(view.exportButton().isEnabled());
  const QTemporaryDir folder;
  QSignalSpy announced(&view, &View::announced);
  const QString path = folder.filePath("a b'.csv");
  view.exportTo(path);
  ASSERT_TRUE(announced.wait());
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_EQ(file.readAll(), "\"name\",\"n\"\r\n\"parse\",2\r\n");
  view.exportTo(folder.filePath("none/x.csv"));
  ASSERT_TRUE(announced.wait());
  EXPECT_TRUE(announced.last().front().toString().startsWith("Cannot write"));
}

TEST_F(Sql, AnotherSessionHasNoRowsYetAndTheStatementStays) {
  type("SELECT 7");
  view.run();
  asked().answer(*asked().wish(), oneRow());
  Session other;
  other.id = "2";
  page.store().begin(other);
  EXPECT_EQ(view.table().model()->rowCount(), 0);
  EXPECT_EQ(view.editor().toPlainText(), "SELECT 7");
  Summary summary;
  summary.session = other;
  page.store().setSummary(summary);
  ASSERT_TRUE(asked().wish());
  EXPECT_EQ(asked().wish()->statements, "") << "only whether it can be asked";
}

}  // namespace
}  // namespace heaptap::gui
