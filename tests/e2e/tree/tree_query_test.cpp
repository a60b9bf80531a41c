// SPDX-License-Identifier: Apache-2.0
//
// Several processes in SQL: docs/schema.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/daemon.h"
#include "tests/e2e/tree/recorded_family.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class TreeQueries : public RecordedFamily {
 protected:
  [[nodiscard]] json rows(const std::string& sql) const {
    const Outcome outcome = ask("query", {sql, "--format", "json"});
    EXPECT_EQ(outcome.status, 0) << sql << outcome.err;
    EXPECT_EQ(outcome.err, "") << sql;
    return json::parse(outcome.out);
  }
  /// The only value of the only row.
  [[nodiscard]] json value(const std::string& sql) const {
    const json answer = rows(sql);
    EXPECT_EQ(answer.size(), 1U) << sql;
    return answer.empty() || answer[0].empty() ? json() : *answer[0].begin();
  }
  [[nodiscard]] Outcome refused(const std::string& sql) const { return ask("query", {sql}); }
};

TEST_F(TreeQueries, HaveEachRowWithItsProcess) {
  const json sums = tree().at("sums");
  EXPECT_EQ(value("SELECT sum(allocations) FROM sessions"), sums.at("allocations"));
  EXPECT_EQ(value("SELECT sum(live_bytes) FROM sites WHERE heap = 'malloc'"), sums.at("liveBytes"));
  EXPECT_EQ(value("SELECT count(DISTINCT pid) FROM sites"), 3);
  EXPECT_EQ(value("SELECT group_concat(session) FROM (SELECT DISTINCT session FROM sites ORDER BY 1)"),
            "1,2,3,4");
  EXPECT_EQ(value("SELECT count(*) FROM events WHERE kind = 'free'"),
            value("SELECT sum(frees) FROM sessions"));
  EXPECT_EQ(value("SELECT sum(size) FROM events WHERE kind != 'free' AND size = 5000 AND session = 2"),
            15'000);
  EXPECT_EQ(value("SELECT count(*) FROM events WHERE session = 99"), 0);
  EXPECT_EQ(value("SELECT count(*) FROM events WHERE session IN (2, 3) AND size = 5000"), 3);
  EXPECT_EQ(value("SELECT name FROM marks WHERE pid = (SELECT pid FROM sessions WHERE session = 2)"),
            "in the child");
}

TEST_F(TreeQueries, JoinIdsWithinASession) {
  EXPECT_EQ(value("SELECT sum(e.size) FROM events e JOIN sites s ON s.session = e.session AND s.id = e.site "
                  "WHERE s.function LIKE '%keepIn%' AND e.kind != 'free'"),
            10'000 + 15'000 + 600);
  const std::string stack =
      value("SELECT stack_text(session, stack) FROM sites WHERE function LIKE '%keepInChild%'");
  EXPECT_THAT(stack, HasSubstr("keepInChild"));
  EXPECT_TRUE(value("SELECT stack_text(99, 1)").is_null());
  EXPECT_TRUE(value("SELECT stack_text(1, NULL)").is_null());
}

TEST_F(TreeQueries, HaveOneMomentForAllProcesses) {
  const std::string kept =
      " b JOIN sites s ON s.session = b.session AND s.id = b.site WHERE s.function LIKE '%keepIn%'";
  EXPECT_EQ(value("SELECT count(*) FROM blocks_at('before')" + kept), 10);
  EXPECT_EQ(value("SELECT count(*) FROM blocks_at('in the child')" + kept), 10 + 3 + 2);
  EXPECT_EQ(value("SELECT count(*) FROM blocks_at('after')" + kept), 10 + 1);
  EXPECT_EQ(value("SELECT count(*) FROM blocks_at" + kept), 10 + 3 + 2);
  EXPECT_EQ(value("SELECT count(*) FROM blocks_at(0) WHERE size = 5000"), 0);
  // The instant may come from another table.
  EXPECT_EQ(value("SELECT count(*) FROM marks m JOIN blocks_at(m.name) b WHERE m.name = 'in the child' AND "
                  "b.size = 5000"),
            3);
  EXPECT_THAT(refused("SELECT * FROM blocks_at('peak')").err,
              HasSubstr("'peak' each process of a tree has a peak of its own"));
  EXPECT_EQ(refused("SELECT * FROM blocks_at('no such mark')").status, 2);
  EXPECT_EQ(refused("SELECT * FROM blocks_at(NULL)").status, 2);
}

TEST_F(TreeQueries, OnlyRead) {
  for (const char* const sql :
       {"CREATE TABLE t (x)", "ATTACH 'x' AS y", "DELETE FROM sites", "INSERT INTO sites DEFAULT VALUES",
        "PRAGMA query_only = 0", "SELECT load_extension('x')"})
    EXPECT_EQ(refused(sql).status, 2) << sql;
  EXPECT_EQ(refused("SELECT nothing FROM sites").status, 2);
  EXPECT_EQ(refused("SELECT * FROM event_blob").status, 2);
  const Outcome endless =
      ask("query", {"--timeout", "0.2", "SELECT count(*) FROM events a, events b, events c, events d"});
  EXPECT_EQ(endless.status, 11) << endless.err;
  EXPECT_EQ(refused("SELECT zeroblob(100000000)").status, 11);
}

TEST_F(TreeQueries, LeaveOutWhatCannotBeRead) {
  fs::path child;
  for (const auto& file : files())
    if (file != root() && Report(file).report().at("summary").at("inheritedFrees") != 0) child = file;
  ASSERT_FALSE(child.empty());
  // Damage that its header does not show.
  const std::string content = readFile(child);
  std::string damaged = content;
  for (std::size_t page = 8192; page < damaged.size(); page += 4096) damaged.replace(page, 2048, 2048, 'x');
  std::ofstream(child, std::ios::binary) << damaged;
  const Outcome outcome =
      ask("query", {"SELECT count(DISTINCT pid) AS processes FROM sites", "--format", "json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("left out")));
  EXPECT_EQ(json::parse(outcome.out)[0].at("processes"), 2);
}

TEST_F(TreeQueries, FailWhereNoSessionCanAnswer) {
  for (const auto& file : files()) {
    std::string damaged = readFile(file);
    for (std::size_t page = 8192; page < damaged.size(); page += 4096) damaged.replace(page, 2048, 2048, 'x');
    std::ofstream(file, std::ios::binary) << damaged;
  }
  for (const char* const sql :
       {"SELECT count(*) FROM sites", "SELECT * FROM events", "SELECT * FROM blocks_at"}) {
    const Outcome outcome = ask("query", {sql});
    EXPECT_EQ(outcome.status, 9) << sql << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("it is damaged"));
    EXPECT_THAT(outcome.out, IsEmpty()) << "no rows are not the answer";
  }
  for (const char* const command : {"report", "blocks"}) EXPECT_EQ(ask(command, {}).status, 9) << command;
}

TEST_F(TreeQueries, TellOfTheirTables) {
  const std::string tables = ask("query", {"--tables"}).out;
  EXPECT_THAT(tables, AllOf(HasSubstr("two columns before those below: session"), HasSubstr("blocks_at: ")));
}

// Each command of the page that has --tree, with this file in place of its own.
TEST_F(TreeQueries, OfThePageHaveAnswers) {
  std::ifstream page(std::string(HEAPTAP_SOURCE_FOLDER) + "/docs/schema.md");
  int count = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("heaptap query --tree ")) continue;
    const std::size_t begin = line.find('"') + 1;
    const std::string sql = line.substr(begin, line.rfind('"') - begin);
    EXPECT_FALSE(rows(sql).empty()) << sql;
    ++count;
  }
  EXPECT_GE(count, 3);
}

TEST(TreesInSql, OfACollectorAreReadFromItsFiles) {
  Daemon daemon;
  EXPECT_EQ(runProcess(daemon.recording({"/bin/sh", "-c", recordedProgram("known_heap") + "; true"})).status,
            0);
  std::string root;
  for (const std::string& id : daemon.list())
    if (daemon.finalReport(id).at("summary").at("parentSessionId").is_null()) root = id;
  const Outcome outcome =
      runProcess({.argv = {HEAPTAP_COMMAND, "query", "--tree", "--collector", daemon.address(), root,
                           "SELECT count(*) AS n FROM sessions", "--format", "json"}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(json::parse(outcome.out)[0].at("n"), 2);
}

}  // namespace
}  // namespace heaptap::test
