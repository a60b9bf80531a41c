// SPDX-License-Identifier: Apache-2.0
//
// Statements that do more than read, or never end, and files that mean harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "tests/collector/store/session_file.h"
#include "tests/sql/asked.h"

namespace heaptap::sql {
namespace {

using testing::HasSubstr;

class ReadOnlyFile : public store::SessionFile {
 protected:
  ReadOnlyFile() {
    const auto messages = store::busyProgram(program, 3, 1000);
    auto session = store::SessionUnderTest::create(file, program.hello()).value();
    for (const auto& message : messages) EXPECT_TRUE(session.take(message));
    EXPECT_TRUE(session.finish());
  }
  void change(const std::string& sql) {
    auto database = store::Database::open(file, store::Database::Mode::ReadWrite).value();
    const auto changed = database.run(sql);
    ASSERT_TRUE(changed) << changed.error().line();
  }
  /// Some file of the folder that was not there.
  [[nodiscard]] bool isAlone() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path() != file) return false;
    return true;
  }
};

TEST_F(ReadOnlyFile, IsNeverChangedByAnyStatement) {
  const std::string before = test::readFile(file);
  const std::string other = (folder / "other").string();
  {
    Asked asked(file);
    for (const std::string& statement : {
             std::string("DELETE FROM thread"),
             std::string("UPDATE thread SET tid = 1"),
             std::string("INSERT INTO text VALUES (1, 2)"),
             std::string("CREATE TABLE x (y)"),
             std::string("CREATE TEMP TABLE x (y)"),
             std::string("CREATE TEMP VIEW x AS SELECT 1"),
             std::string("CREATE VIRTUAL TABLE x USING events"),
             std::string("DROP TABLE thread"),
             std::string("ALTER TABLE thread RENAME TO x"),
             std::string("CREATE INDEX x ON thread (tid)"),
             std::string("VACUUM"),
             "VACUUM INTO '" + other + "'",
             "ATTACH '" + other + "' AS x",
             std::string("DETACH main"),
             std::string("PRAGMA journal_mode = DELETE"),
             std::string("PRAGMA query_only = 0"),
             std::string("PRAGMA writable_schema = 1"),
             std::string("PRAGMA temp_store_directory = '/'"),
             std::string("PRAGMA user_version = 3"),
             std::string("BEGIN"),
             std::string("COMMIT"),
             std::string("ROLLBACK"),
             std::string("SAVEPOINT x"),
             std::string("ANALYZE"),
             std::string("REINDEX"),
             std::string("SELECT load_extension('x')"),
             std::string("SELECT writefile('" + other + "', 'x')"),
             std::string("DELETE FROM events"),
             std::string("UPDATE sites SET live_bytes = 0"),
             std::string("INSERT INTO events DEFAULT VALUES"),
             std::string("WITH x AS (SELECT 1) INSERT INTO thread SELECT 1, 2, 3, 4 FROM x"),
         }) {
      const Error error = asked.error(statement);
      EXPECT_EQ(error.code, Code::Usage) << statement << ": " << error.line();
    }
    EXPECT_EQ(asked.value("SELECT count(*) FROM thread"), "1");
  }
  EXPECT_EQ(test::readFile(file), before);
  EXPECT_TRUE(isAlone());
}

TEST_F(ReadOnlyFile, SaysWhatIsRefused) {
  Asked asked(file);
  const std::pair<const char*, const char*> cases[] = {{"DROP TABLE thread", "DROP TABLE"},
                                                       {"-- first\n drop view sites", "DROP VIEW"},
                                                       {"/* c */ CREATE TABLE x (y)", "CREATE TABLE"},
                                                       {"DELETE FROM thread", "DELETE"},
                                                       {"VACUUM", "VACUUM"},
                                                       {"REPLACE INTO thread (id) VALUES (1)", "REPLACE"},
                                                       {"WITH x AS (SELECT 1) DELETE FROM thread", "DELETE"},
                                                       {"PRAGMA user_version = 3", "PRAGMA user_version"}};
  for (const auto& [statement, words] : cases)
    EXPECT_THAT(asked.error(statement).line(), HasSubstr("SQL: " + std::string(words) + " is refused"))
        << statement;
}

TEST_F(ReadOnlyFile, NeedsMemoryToBeOpenedAtAll) {
  std::atomic<bool> isInterrupted = false;
  const auto opened = SessionQuery::open(file, {.memoryBytes = 1}, isInterrupted, [] {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Unavailable) << opened.error().line();
  EXPECT_EQ(opened.error().where, "SQL");
  EXPECT_EQ(opened.error().remedy, "--memory allows more");
  Asked later(file);  // The limit is the process's.
}

TEST_F(ReadOnlyFile, TellsOfItselfByPragmas) {
  Asked asked(file);
  EXPECT_EQ(asked.value("PRAGMA application_id"), std::to_string(0x6874'6170));
  EXPECT_EQ(asked.rows("PRAGMA table_info(argument)").size(), 2U);
  EXPECT_EQ(asked.rows("SELECT name FROM pragma_table_info('events')").front().front(), "at_ns");
  EXPECT_EQ(asked.value("SELECT json_each.value FROM json_each('[7]')"), "7");
  EXPECT_EQ(asked.value("PRAGMA quick_check"), "ok");
}

TEST_F(ReadOnlyFile, EndsWhatTakesTooLong) {
  Asked asked(file, {.time = std::chrono::milliseconds(50)});
  for (const char* endless :
       {"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "SELECT count(*) FROM events a, events b, events c, events d",
        "SELECT sum(a.size) FROM blocks_at a, blocks_at b, blocks_at c, blocks_at d"}) {
    const Error error = asked.error(endless);
    EXPECT_EQ(error.code, Code::Unavailable) << error.line();
    EXPECT_EQ(error.line(), "SQL: it takes more than 50.0 ms; --timeout SECONDS gives it more time");
  }
}

TEST_F(ReadOnlyFile, EndsWhenItIsInterrupted) {
  Asked asked(file);
  const std::jthread other([&asked] {
    std::this_thread::yield();
    asked.isInterrupted() = true;
  });
  EXPECT_EQ(asked.error("SELECT count(*) FROM events a, events b, events c, events d").line(),
            "SQL: interrupted");
}

TEST_F(ReadOnlyFile, EndsWhatNeedsTooMuchMemory) {
  Asked asked(file, {.memoryBytes = 32 << 20});
  const Error error = asked.error("SELECT group_concat(hex(zeroblob(1000000))) FROM events");
  EXPECT_EQ(error.code, Code::Unavailable);
  EXPECT_EQ(error.line(), "SQL: it needs more than 32.0 MiB of memory; --memory allows more");
  EXPECT_EQ(asked.error("SELECT zeroblob(100000000)").code, Code::Unavailable);
  EXPECT_EQ(asked.value("SELECT count(*) FROM events"), "3000");
  Asked later(file);  // The limit is the process's.
}

TEST_F(ReadOnlyFile, SaysWhatIsWrongWithAStatement) {
  Asked asked(file);
  EXPECT_EQ(asked.error("SELEC 1").line(),
            "SQL: near \"SELEC\": syntax error; docs/schema.md has queries to begin with, and --tables lists "
            "what there is");
  EXPECT_EQ(asked.error("SELECT stack_text(1, 2)").line().find("SQL: stack_text takes one argument"), 0U);
  EXPECT_EQ(asked.error("SELECT 1 FROM nowhere").line(),
            "SQL: no such table: nowhere; heaptap query SESSION --tables lists them");
  EXPECT_THAT(asked.error("SELECT \"no such column\" FROM thread").line(), HasSubstr("no such column"));
  EXPECT_THAT(asked.error("SELECT * FROM blocks_at('yesterday')").line(),
              HasSubstr("'yesterday' is no instant"));
  EXPECT_THAT(asked.error("SELECT * FROM blocks_at(NULL)").line(), HasSubstr("the instant is NULL"));
  EXPECT_THAT(asked.error(std::string("SELECT 1;\0 SELECT 2", 19)).line(), HasSubstr("zero byte"));
}

TEST_F(ReadOnlyFile, RunsSeveralStatementsUntilOneFailsOrNobodyWantsMore) {
  Asked asked(file);
  KeptRows rows;
  EXPECT_TRUE(asked.query().run("SELECT 1; -- a comment\n ; SELECT 2, 3;\n", rows));
  EXPECT_EQ(rows.rows, (std::vector<std::vector<std::string>>{{"1"}, {"2", "3"}}));
  EXPECT_EQ(rows.statements, 2U);
  rows.rows.clear();
  EXPECT_FALSE(asked.query().run("SELECT 1; SELECT x; SELECT 3", rows));
  EXPECT_EQ(rows.rows.size(), 1U);
  rows.rows.clear();
  rows.mostRows = 2;
  EXPECT_TRUE(asked.query().run("SELECT at_ns FROM events; SELECT 3", rows));
  EXPECT_EQ(rows.rows.size(), 2U);
  EXPECT_TRUE(asked.query().run("", rows));
}

TEST_F(ReadOnlyFile, MayNotBringTablesUnderTheNamesOfOurs) {
  change("CREATE TABLE Events (at_ns)");
  std::atomic<bool> isInterrupted = false;
  const auto opened = SessionQuery::open(file, {}, isInterrupted, [] {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Corrupt);
  EXPECT_THAT(opened.error().line(), HasSubstr("it has a table events of its own"));
}

TEST_F(ReadOnlyFile, MayNotLeadOurTablesInCircles) {
  change(
      "ALTER TABLE event_blob RENAME TO real; CREATE VIEW event_blob AS SELECT number AS sequence, 1 AS "
      "events, "
      "1 AS first_event, 0 AS first_allocation, 0 AS from_ns, 1 AS to_ns, x'00' AS data FROM events");
  Asked asked(file);
  const Error error = asked.error("SELECT count(*) FROM events");
  EXPECT_THAT(error.line(), HasSubstr("unsafe use of virtual table"));
}

TEST_F(ReadOnlyFile, MayHaveAnyBytesDamaged) {
  const std::string sound = test::readFile(file);
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    std::string bytes = sound;
    const std::size_t damages = 1 + random() % 20;
    for (std::size_t i = 0; i < damages; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 5 == 0) bytes.resize(random() % bytes.size());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    std::atomic<bool> isInterrupted = false;
    auto opened = SessionQuery::open(file, {.time = std::chrono::milliseconds(5000)}, isInterrupted, [] {});
    if (!opened) continue;
    KeptRows rows;
    for (const char* statement :
         {"SELECT sum(size), max(address), max(lifetime_ns), max(free_stack) FROM events",
          "SELECT * FROM sites", "SELECT * FROM pairs", "SELECT * FROM sessions",
          "SELECT count(*) FROM blocks_at('50%')", "SELECT * FROM frames", "SELECT * FROM findings",
          "SELECT stack_text(stack) FROM sites"}) {
      const auto run = opened->run(statement, rows);
      EXPECT_TRUE(run || !run.error().what.empty());
    }
  }
}

TEST_F(ReadOnlyFile, IsSaidToHaveNoEventsWhereThatIsSo) {
  test::RecordedProgram silent;
  silent.hello().set_without_events(true);
  const auto other = folder / "silent.heaptap";
  {
    auto session = store::SessionUnderTest::create(other, silent.hello()).value();
    silent.exit(0);
    for (const auto& message : silent.messages()) EXPECT_TRUE(session.take(message));
    EXPECT_TRUE(session.finish());
  }
  Asked asked(other);
  EXPECT_THAT(asked.error("SELECT count(*) FROM events").line(),
              HasSubstr("without events (--no-events); the tables"));
  EXPECT_THAT(asked.error("SELECT count(*) FROM blocks_at").line(),
              HasSubstr("without events (--no-events); the tables"));
  EXPECT_EQ(asked.value("SELECT count(*) FROM sessions"), "1");
}

}  // namespace
}  // namespace heaptap::sql
