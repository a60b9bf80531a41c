// SPDX-License-Identifier: Apache-2.0
//
// heaptap's tables in the program sqlite3, and in Python, which both have an SQLite of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/query_session.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;

class SqliteExtension : public testing::Test {
 protected:
  static QuerySession& session() {
    static QuerySession recorded;
    return recorded;
  }
  static Outcome sqlite3(const std::string& file, const std::string& sql) {
    return runProcess({.argv = {"/usr/bin/sqlite3", "-csv", "-readonly", file, "-cmd",
                                ".load " + std::string(HEAPTAP_SQLITE_EXTENSION), sql}});
  }
};

TEST_F(SqliteExtension, AnswersAsHeaptapDoes) {
  for (const char* sql :
       {"SELECT count(*), sum(size), max(address), max(lifetime_ns) FROM events",
        "SELECT kind, thread, count(*) FROM events WHERE thread IN (1, 2) AND size = 48 GROUP BY 1, 2",
        "SELECT live_bytes, live_blocks, allocations FROM sites ORDER BY id",
        "SELECT count(*), sum(size) FROM blocks_at('peak')", "SELECT position, line FROM stacks(7)",
        "SELECT length(stack_text(stack)) FROM sites ORDER BY id"}) {
    const Outcome theirs = sqlite3(session().file(), sql);
    EXPECT_EQ(theirs.status, 0) << theirs.err;
    const Outcome ours = session().query({sql, "--format", "json"});
    ASSERT_EQ(ours.status, 0) << ours.err;
    // The same values, without the names and the marks of the form.
    std::string values;
    std::string expected;
    bool isName = false;
    for (const char c : ours.out) {
      if (c == '{' || c == ',') isName = true;
      if (c == ':') isName = false;
      if (!isName && std::isdigit(static_cast<unsigned char>(c)) != 0) values += c;
    }
    for (const char c : theirs.out)
      if (std::isdigit(static_cast<unsigned char>(c)) != 0) expected += c;
    EXPECT_EQ(values, expected) << sql;
    EXPECT_FALSE(values.empty());
  }
}

TEST_F(SqliteExtension, SaysWhatIsNoSession) {
  const Outcome other = sqlite3(":memory:", "SELECT * FROM sites");
  EXPECT_NE(other.status, 0);
  EXPECT_THAT(other.err, HasSubstr("not a heaptap session"));
  const Outcome shadowed =
      runProcess({.argv = {"/usr/bin/sqlite3", ":memory:", "-cmd", "CREATE TABLE events (x)", "-cmd",
                           ".load " + std::string(HEAPTAP_SQLITE_EXTENSION), "SELECT 1"}});
  EXPECT_THAT(shadowed.err, HasSubstr("it has a table events of its own"));
}

TEST_F(SqliteExtension, IsLoadedAgainInOneProcess) {
  const Outcome outcome =
      runProcess({.argv = {"/usr/bin/python3", "-c",
                           "import sqlite3, sys\n"
                           "for i in range(3):\n"
                           "  db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)\n"
                           "  db.enable_load_extension(True)\n"
                           "  db.load_extension(sys.argv[2])\n"
                           "  print(db.execute('SELECT count(*) > 0 FROM events').fetchone()[0])\n"
                           "  db.close()\n",
                           session().file(), HEAPTAP_SQLITE_EXTENSION}});
  EXPECT_EQ(outcome.out, "1\n1\n1\n") << outcome.err;
  EXPECT_EQ(outcome.status, 0);
}

}  // namespace
}  // namespace heaptap::test
