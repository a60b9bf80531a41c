// SPDX-License-Identifier: Apache-2.0
//
// Ranges, against SQLite's own comparisons with a column of integers.
#include "sql/range.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <limits>
#include <memory>
#include <string>

namespace heaptap::sql {
namespace {

struct Operator {
  const char* text;
  int op;
};
constexpr Operator kOperators[] = {{"=", SQLITE_INDEX_CONSTRAINT_EQ},
                                   {"<", SQLITE_INDEX_CONSTRAINT_LT},
                                   {"<=", SQLITE_INDEX_CONSTRAINT_LE},
                                   {">", SQLITE_INDEX_CONSTRAINT_GT},
                                   {">=", SQLITE_INDEX_CONSTRAINT_GE}};
constexpr const char* kValues[] = {"NULL",
                                   "0",
                                   "7",
                                   "-7",
                                   "7.0",
                                   "7.5",
                                   "-7.5",
                                   "'7'",
                                   "'7.5'",
                                   "' 7 '",
                                   "'x'",
                                   "''",
                                   "x'37'",
                                   "9223372036854775807",
                                   "-9223372036854775808",
                                   "9223372036854775808.0",
                                   "9.3e18",
                                   "-9.3e18",
                                   "1e999",
                                   "-1e999",
                                   "9223372036854774784.0",
                                   "'1e999'",
                                   "-0.0",
                                   "0.1",
                                   "-0.1"};
constexpr std::int64_t kNumbers[] = {std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::min() + 1,
                                     -8,
                                     -7,
                                     -1,
                                     0,
                                     1,
                                     7,
                                     8,
                                     9223372036854774784,
                                     std::numeric_limits<std::int64_t>::max() - 1,
                                     std::numeric_limits<std::int64_t>::max()};

/// `within(op, value, number)`: what a Range says.
void within(sqlite3_context* context, int, sqlite3_value** values) {
  Range range;
  range.narrow(sqlite3_value_int(values[0]), values[1]);
  sqlite3_result_int(context, range.has(sqlite3_value_int64(values[2])) ? 1 : 0);
}

TEST(RangeOfIntegers, LetsPassWhatSqliteLetsPass) {
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> connection(opened, sqlite3_close);
  ASSERT_EQ(sqlite3_create_function(opened, "within", 3, SQLITE_UTF8, nullptr, within, nullptr, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(opened, "CREATE TABLE t (n INTEGER)", nullptr, nullptr, nullptr), SQLITE_OK);
  for (const std::int64_t number : kNumbers)
    ASSERT_EQ(sqlite3_exec(opened, ("INSERT INTO t VALUES (" + std::to_string(number) + ")").c_str(), nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
  for (const Operator& one : kOperators)
    for (const char* const value : kValues) {
      const std::string sql = "SELECT group_concat(n) FROM t WHERE ifnull(n " + std::string(one.text) + " " +
                              value + ", 0) <> within(" + std::to_string(one.op) + ", " + value + ", n)";
      sqlite3_stmt* statement = nullptr;
      ASSERT_EQ(sqlite3_prepare_v2(opened, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
          << sqlite3_errmsg(opened);
      ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
      const auto* const different = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      EXPECT_EQ(different, nullptr) << "n " << one.text << " " << value << " for n in " << different;
      sqlite3_finalize(statement);
    }
}

}  // namespace
}  // namespace heaptap::sql
