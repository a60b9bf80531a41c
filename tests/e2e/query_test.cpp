// SPDX-License-Identifier: Apache-2.0
//
// `heaptap query` as a user starts it: forms of its answers, where statements come from, and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/daemon.h"
#include "tests/e2e/query_session.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kEndless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

class Query : public testing::Test {
 protected:
  static QuerySession& session() {
    static QuerySession recorded;
    return recorded;
  }
  Outcome query(std::vector<std::string> arguments, std::string_view input = {}) {
    return session().query(std::move(arguments), input);
  }
  std::string answer(std::vector<std::string> arguments, std::string_view input = {}) {
    const Outcome outcome = query(std::move(arguments), input);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }
};

TEST_F(Query, AnswersInTheFormThatIsAskedFor) {
  const std::string sql =
      "SELECT 1 AS n, NULL AS none, 'a|b' AS text, 2.5 AS real; SELECT 'x', 'x' WHERE 0; SELECT char(27) "
      "|| '[31m'";
  EXPECT_EQ(answer({sql}),
            "n  none  text  real\n"
            "-  ----  ----  ----\n"
            "1  NULL  a|b    2.5\n"
            "\n"
            "'x'  'x'\n"
            "---  ---\n"
            "\n"
            "char(27) || '[31m'\n"
            "------------------\n"
            "\\x1b[31m\n");
  EXPECT_EQ(answer({sql, "--format", "csv"}),
            "\"n\",\"none\",\"text\",\"real\"\r\n1,,\"a|b\",2.5\r\n"
            "\"'x'\",\"'x'\"\r\n"
            "\"char(27) || '[31m'\"\r\n\"\\x1b[31m\"\r\n");
  EXPECT_EQ(answer({sql, "--format=json"}),
            "[\n  {\"n\": 1, \"none\": null, \"text\": \"a|b\", \"real\": 2.5}\n]\n"
            "[]\n"
            "[\n  {\"char(27) || '[31m'\": \"\\u001b[31m\"}\n]\n");
  EXPECT_EQ(answer({"SELECT 'a|b*' AS text, 1 AS n", "-f", "markdown"}),
            "| text | n |\n|---|---:|\n| a\\|b\\* | 1 |\n");
  EXPECT_EQ(query({"SELECT 1", "--format", "xml"}).err,
            "heaptap: query: there is no format 'xml'; use one of: table, csv, json, markdown\n");
}

TEST_F(Query, TakesStatementsFromStandardInput) {
  EXPECT_EQ(answer({}, "SELECT 1; SELECT 2"), "1\n-\n1\n\n2\n-\n2\n");
  EXPECT_EQ(answer({"-"}, "-- the first\nSELECT 1;\n-- the end"), "1\n-\n1\n");
  EXPECT_EQ(answer({}, ""), "");
  const Outcome zero = query({}, std::string_view("SELECT 1\0;", 10));
  EXPECT_EQ(zero.status, 2);
  EXPECT_THAT(zero.err, HasSubstr("zero byte"));
}

TEST_F(Query, KnowsWhatTheProgramDid) {
  EXPECT_EQ(answer({"SELECT count(*) AS blocks FROM events WHERE kind = 'free' AND size = 48 AND thread <> "
                    "allocated_by"}),
            "blocks\n------\n   200\n");
  EXPECT_EQ(
      answer(
          {"SELECT count(*) AS blocks FROM events e JOIN stacks s ON s.id = e.free_stack WHERE e.size = 6000 "
           "AND s.function LIKE '%consume%'"}),
      "blocks\n------\n    40\n");
  EXPECT_EQ(answer({"SELECT count(*) AS small FROM blocks_at('end') b JOIN sites s ON s.id = b.site WHERE "
                    "b.size = 24 AND "
                    "s.function LIKE '%scatter%'"}),
            "small\n-----\n   40\n");
  EXPECT_EQ(
      answer({"SELECT name, (SELECT count(*) FROM blocks_at(m.name) WHERE size = 24) AS small FROM marks m"}),
      "name   small\n-----  -----\nbegin      0\nlater     40\n");
}

TEST_F(Query, EndsWithAWordAndAStatusOfItsOwn) {
  struct Case {
    std::vector<std::string> arguments;
    int status;
    std::string words;
  };
  const Case cases[] = {
      {{"SELEC"}, 2, "syntax error"},
      {{"DELETE FROM thread"}, 2, "DELETE is refused"},
      {{"ATTACH '/etc/passwd' AS x"}, 2, "ATTACH is refused"},
      {{"SELECT 1", "--timeout", "never"}, 2, "--timeout"},
      {{kEndless, "--timeout", "0.2"}, 11, "it takes more than 200 ms; --timeout SECONDS gives it more time"},
      {{"SELECT group_concat(hex(zeroblob(5000000))) FROM events", "--memory", "32M"},
       11,
       "it needs more than 32.0 MiB of memory"},
  };
  for (const Case& one : cases) {
    const Outcome outcome = query(one.arguments);
    EXPECT_EQ(outcome.status, one.status) << one.words;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr(one.words));
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  }
  const Outcome missing = runProcess({.argv = {HEAPTAP_COMMAND, "query", "/no/such.heaptap", "SELECT 1"}});
  EXPECT_EQ(missing.status, 3);
  const Outcome other = runProcess({.argv = {HEAPTAP_COMMAND, "query", "/etc/passwd", "SELECT 1"}});
  EXPECT_EQ(other.status, 4);
  // What there was before a statement that fails is shown.
  const Outcome half = query({"SELECT 1; SELEC"});
  EXPECT_EQ(half.status, 2);
  EXPECT_EQ(half.out, "1\n-\n1\n");
}

TEST_F(Query, EndsInAFunctionThatDoesNotComeBack) {
  // One instruction of SQLite's, which compares for a minute.
  const Outcome outcome =
      query({"SELECT instr(zeroblob(30000000), zeroblob(15000000) || 'x')", "--timeout", "0.2"});
  EXPECT_EQ(outcome.status, 11);
  EXPECT_THAT(outcome.err, HasSubstr("it takes more than 200 ms"));
}

TEST_F(Query, EndsAtCtrlCAsAShellExpectsIt) {
  ChildProcess running(session().launch({"-"}));
  running.writeInput(std::string("SELECT 1; ") + kEndless);
  running.closeInput();
  ASSERT_TRUE(running.waitForOutput("1\n-\n1\n"));
  running.signal(SIGINT);
  const Outcome outcome = running.finish();
  EXPECT_EQ(outcome.status, 128 + SIGINT);
}

TEST_F(Query, EndsInSilenceWhereNobodyReadsOn) {
  const Outcome outcome = runProcess(
      {.argv = {"bash", "-c",
                "\"$0\" query \"$1\" \"SELECT * FROM events a, events b\" | head -2; echo ${PIPESTATUS[0]}",
                HEAPTAP_COMMAND, session().file()}});
  EXPECT_THAT(outcome.out, HasSubstr("\n141\n"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Query, ReadsASessionThatIsBeingRecordedAtOneMoment) {
  Daemon daemon;
  ChildProcess recorded(daemon.recording({std::string(RECORDED_PROGRAMS) + "/obeys"}));
  recorded.writeInput("allocate 1000\n");
  ASSERT_TRUE(recorded.waitForOutput("ok 1\n"));
  const std::set<std::string> ids = daemon.list();
  ASSERT_EQ(ids.size(), 1U);
  const Outcome outcome = runProcess(
      {.argv = {HEAPTAP_COMMAND, "query", "--collector", daemon.address(), *ids.begin(),
                "SELECT count(*) = (SELECT allocations + frees FROM sessions) AS same FROM events"}});
  EXPECT_EQ(outcome.out, "same\n----\n   1\n") << outcome.err;
  recorded.closeInput();
  EXPECT_EQ(recorded.finish().status, 0);
}

}  // namespace
}  // namespace heaptap::test
