// SPDX-License-Identifier: Apache-2.0
//
// Sums over events that are never made one by one, against those of the same events one by one; and count,
// sum, total and avg, which are not SQLite's own, against SQLite's.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/collector/replay/random_session.h"
#include "tests/sql/asked.h"

namespace heaptap::sql {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Sums : public testing::Test {
 protected:
  replay::RandomSession session{3};
  Asked asked{session.file()};
};

TEST_F(Sums, OfEventsAreThoseOfTheEventsOneByOne) {
  for (const char* sums :
       {"count(*)", "count(*), sum(size)", "sum(size), total(size), avg(size), min(size), max(size)",
        "count(size), sum(size * 2 + 1), sum(weight), min(kind), max(kind)", "count(*) + 1, sum(pair)",
        "sum(site), sum(stack), count(origin), max(heap)", "sum(size), max(at_ns)",
        "sum(lifetime_ns), count(*)", "count(DISTINCT size), group_concat(kind)",
        "sum(size) FILTER (WHERE kind = 'free')"})
    for (const char* condition :
         {"", "WHERE kind = 'free'", "WHERE thread = 1", "WHERE at_ns > 100000 AND size < 100",
          "WHERE thread IN (0, 2)", "WHERE address > 66000", "WHERE heap = 'malloc'", "WHERE at_ns < 0",
          "WHERE number % 2 = 0"})
      // A subquery with a limit is a loop of its own, from which rows come one by one.
      EXPECT_EQ(asked.rows("SELECT " + std::string(sums) + " FROM events " + condition),
                asked.rows("SELECT " + std::string(sums) + " FROM (SELECT * FROM events " + condition +
                           " LIMIT -1)"))
          << sums << " " << condition;
}

TEST_F(Sums, LeaveOtherStatementsAlone) {
  EXPECT_EQ(
      asked.value("SELECT count(*) FROM (SELECT DISTINCT number FROM events WHERE kind = 'allocation')"),
      asked.value("SELECT sum(allocations) FROM pairs"));
  EXPECT_EQ(asked.value("SELECT count(*) FROM events a, (SELECT 1 UNION ALL SELECT 2) b"),
            asked.value("SELECT 2 * count(*) FROM events"));
  EXPECT_EQ(
      asked.rows("SELECT kind, count(*), sum(size) FROM events GROUP BY kind ORDER BY 1"),
      asked.rows("SELECT 'allocation', count(*), sum(size) FROM events WHERE kind = 'allocation' UNION ALL "
                 "SELECT 'free', count(*), sum(size) FROM events WHERE kind = 'free'"));
  EXPECT_EQ(asked.value("SELECT count(*) FROM thread"), "3");
}

TEST_F(Sums, AreSqlitesWhateverIsAddedUp) {
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &plain), SQLITE_OK);
  for (const char* values :
       {"(1), (2), (3)", "(NULL), (1), (NULL)", "(NULL)", "(1), (2.5), ('3'), ('4x'), (x'35')",
        "(9223372036854775807), (1)", "(9223372036854775807), (-1), (1)", "(9223372036854775807), (1), (0.5)",
        "(-9223372036854775808), (-1)", "(1e308), (1e308)", "('text'), ('')"})
    for (const char* sql :
         {"SELECT count(*), count(x), total(x), avg(x) FROM (%)", "SELECT sum(x) FROM (%)",
          "SELECT sum(x), count(x), avg(x) FROM (%) WHERE 0",
          "SELECT sum(DISTINCT x), count(DISTINCT x) FROM (%)",
          "SELECT sum(x) OVER (ORDER BY rowid ROWS 1 PRECEDING), count(*) OVER (ORDER BY rowid), "
          "avg(x) OVER (ORDER BY rowid ROWS 1 PRECEDING) FROM (%)"}) {
      std::string statement(sql);
      statement.replace(
          statement.find('%'), 1,
          "SELECT column1 AS x, row_number() OVER () AS rowid FROM (VALUES " + std::string(values) + ")");
      KeptRows ours;
      const auto run = asked.query().run(statement, ours);
      Rows theirs;
      char* error = nullptr;
      const auto keep = [](void* rows, int columns, char** texts, char**) {
        auto& row = static_cast<Rows*>(rows)->emplace_back();
        for (int i = 0; i < columns; ++i) row.emplace_back(texts[i] == nullptr ? "NULL" : texts[i]);
        return 0;
      };
      const int status = sqlite3_exec(plain, statement.c_str(), keep, &theirs, &error);
      EXPECT_EQ(run.has_value(), status == SQLITE_OK) << statement << (error == nullptr ? "" : error);
      sqlite3_free(error);
      ASSERT_EQ(ours.rows.size(), theirs.size()) << statement;
      for (std::size_t i = 0; i < theirs.size(); ++i)
        for (std::size_t j = 0; j < theirs[i].size(); ++j) {
          const bool isNull = theirs[i][j] == "NULL";
          EXPECT_EQ(ours.rows[i][j] == "NULL", isNull) << statement;
          EXPECT_DOUBLE_EQ(isNull ? 0 : std::stod(ours.rows[i][j]), isNull ? 0 : std::stod(theirs[i][j]))
              << statement;
        }
    }
  sqlite3_close(plain);
}

}  // namespace
}  // namespace heaptap::sql
