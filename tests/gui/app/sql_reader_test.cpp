// SPDX-License-Identifier: Apache-2.0
#include "gui/app/sql_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "client/files/file_source.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

class SqlOf : public testing::Test {
 protected:
  SqlOf() {
    live.program.at(1'000).allocate(100, live.program.stack({"malloc", "parse", "main"}));
    live.send();
  }
  std::filesystem::path file() {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().extension() == ".heaptap") return entry.path();
    return {};
  }
  static SqlResult ask(client::ProfileSource& source, const QString& statements,
                       const std::stop_token& stop = {}) {
    auto result = readSql(source, {}, {.statements = statements}, stop);
    EXPECT_TRUE(result);
    return result ? *result : SqlResult();
  }
  /// Of a session that has ended, read from its file.
  SqlResult askFile(const QString& statements, const std::stop_token& stop = {}) {
    if (!isEnded) live.exit(0);
    isEnded = true;
    collector.server().waitUntilIdle();
    client::FileSource source;
    EXPECT_TRUE(source.addFile(file()));
    return ask(source, statements, stop);
  }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  bool isEnded = false;
};

TEST_F(SqlOf, AFileIsAsked) {
  const SqlResult result =
      askFile("SELECT 'a' || char(10), size, size / 3.0, NULL, x'00ff' FROM events; -- the end");
  EXPECT_EQ(result.problem, "");
  ASSERT_EQ(result.rows.size(), 1U);
  EXPECT_EQ(result.columns.size(), 5);
  EXPECT_EQ(result.rows[0][0], SqlValue(QStringLiteral("a\n")));
  EXPECT_EQ(result.rows[0][1], SqlValue(qint64{100}));
  EXPECT_EQ(result.rows[0][3], SqlValue());
  EXPECT_EQ(result.rows[0][4], SqlValue(QByteArray("\0\xFF", 2)));
}

TEST_F(SqlOf, ALiveSessionOfALocalCollectorIsAskedInItsFile) {
  const auto source = test::sourceAt(collector.address());
  const SqlResult result = ask(*source, "SELECT sum(size) FROM events");
  EXPECT_EQ(result.problem, "");
  ASSERT_EQ(result.rows.size(), 1U);
  EXPECT_EQ(result.rows[0][0], SqlValue(qint64{100}));
}

TEST_F(SqlOf, ACollectorElsewhereIsSaidWithWhatToDo) {
  const auto source = test::sourceAt(collector.address());
  const auto moved = folder / "moved";
  std::filesystem::rename(file(), moved);
  const SqlResult result = ask(*source, "SELECT 1");
  EXPECT_TRUE(result.problem.contains("on the collector's host")) << result.problem.toStdString();
  EXPECT_TRUE(result.problem.contains("heaptap query"));
  EXPECT_FALSE(result.problem.contains('\n'));
}

TEST_F(SqlOf, AFileOfAnotherSessionIsNotTakenForThisOne) {
  heaptap::test::TemporaryFolder elsewhere;
  test::LiveCollector other(elsewhere);
  test::LiveProgram program(other.address(), 'b');
  program.program.at(5).allocate(7, program.program.stack({"main"}));
  program.exit(0);
  other.server().waitUntilIdle();
  const auto source = test::sourceAt(collector.address());
  for (const auto& entry : std::filesystem::directory_iterator(elsewhere.path()))
    if (entry.path().extension() == ".heaptap") std::filesystem::rename(entry.path(), file());
  const SqlResult result = ask(*source, "SELECT 1");
  EXPECT_TRUE(result.problem.contains("another session")) << result.problem.toStdString();
  EXPECT_TRUE(result.rows.empty());
}

TEST_F(SqlOf, WhatIsWrongIsOneLine) {
  const QString wrong = askFile("SELEC\nT 1").problem;
  EXPECT_TRUE(wrong.startsWith("SQL: near \"SELEC\": syntax error")) << wrong.toStdString();
  EXPECT_FALSE(wrong.contains('\n'));
  EXPECT_TRUE(askFile("DELETE FROM sites").problem.contains("may not be modified"));
  EXPECT_TRUE(askFile("ATTACH '/etc/passwd' AS p").problem.contains("refused"));
  const SqlResult cut = askFile("SELECT 1 AS one; SELECT nosuch FROM events");
  EXPECT_TRUE(cut.problem.contains("no such column"));
  EXPECT_EQ(cut.rows.size(), 1U) << "what came before stays";
}

TEST_F(SqlOf, TheRowsOfTheLastStatementAreKeptUpToALimit) {
  SqlResult result = askFile("SELECT 1; SELECT 2 AS two; ");
  EXPECT_EQ(result.columns, QStringList{"two"});
  result = askFile("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n");
  EXPECT_EQ(result.rows.size(), SqlResult::kMostRows);
  EXPECT_TRUE(result.isCut);
  result = askFile("SELECT printf('%.*c', 5000000, 'x')");
  EXPECT_EQ(std::get<QString>(result.rows[0][0]).size(),
            static_cast<qsizetype>(SqlResult::kMostBytesOfAValue));
}

TEST_F(SqlOf, NoStatementsAsksOnlyWhetherItCanBeAsked) {
  const SqlResult result = askFile("");
  EXPECT_EQ(result.problem, "");
  EXPECT_TRUE(result.columns.isEmpty());
}

TEST_F(SqlOf, AStatementWithoutEndIsStopped) {
  std::stop_source stop;
  // Before the statement has begun, or meanwhile: it ends in both cases.
  std::jthread stopper([&stop] { stop.request_stop(); });
  const SqlResult result =
      askFile("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
              stop.get_token());
  EXPECT_FALSE(result.problem.isEmpty());
  EXPECT_TRUE(result.rows.empty());
}

}  // namespace
}  // namespace heaptap::gui
