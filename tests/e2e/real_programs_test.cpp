// SPDX-License-Identifier: Apache-2.0
// Programs from the distribution, unmodified.
#include <gtest/gtest.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

std::string manyObjects() {
  std::string json = "[";
  for (int i = 0; i < 5000; ++i) {
    if (i > 0) json += ',';
    json += R"({"id":)" + std::to_string(i) + R"(,"name":"object )" + std::to_string(i) +
            R"(","tags":["a","b"]})";
  }
  return json + "]";
}

TEST(RealPrograms, JqReadsItsInputAndIsRecordedExactly) {
  const Recording recording({"/usr/bin/jq", "length"}, {}, manyObjects());
  EXPECT_EQ(recording.outcome().status, 0);
  EXPECT_EQ(recording.outcome().out, "5000\n");
  recording.expectConservation();
  EXPECT_GT(recording["allocations"], 20'000);
}

TEST(RealPrograms, Sqlite3) {
  const Recording recording(
      {"/usr/bin/sqlite3", ":memory:",
       "CREATE TABLE t(a,b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
       "i<2000) INSERT INTO t SELECT i, hex(i) FROM n; SELECT count(*) FROM t;"});
  EXPECT_EQ(recording.outcome().status, 0);
  EXPECT_EQ(recording.outcome().out, "2000\n");
  recording.expectConservation();
  EXPECT_GT(recording["allocations"], 500);
}

TEST(RealPrograms, PythonWithItsOwnAllocatorSwitchedOff) {
  const Recording recording({"/usr/bin/python3", "-c", "print(sum(len(str(i)) for i in range(20000)))"},
                            {{"PYTHONMALLOC", "malloc"}});
  EXPECT_EQ(recording.outcome().status, 0);
  EXPECT_EQ(recording.outcome().out, "88890\n");
  recording.expectConservation();
  EXPECT_GT(recording["allocations"], 60'000);
}

TEST(RealPrograms, XzWithSeveralThreads) {
  std::string text;
  for (long i = 0; i < 400'000; ++i) text += std::to_string(i * 7919);
  const Recording recording({"/usr/bin/xz", "-T4", "-0", "--block-size=262144", "--stdout"}, {}, text);
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_GE(recording["threads"], 3);
}

}  // namespace
}  // namespace heaptap::test
