// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

/// Everything that `count` threads of `crowds` did in `work` is there, and nothing else is missing.
void expectWorkOf(std::int64_t count, const Report& report) {
  report.expectConservation();
  EXPECT_EQ(report["threads"], count + 1);
  const auto sites = report.sitesIn("work");
  EXPECT_EQ(sum(sites, "allocations"), 3 * count);
  EXPECT_EQ(sum(sites, "blocks"), count);
  EXPECT_EQ(sum(sites, "bytes"), 32 * count);
  EXPECT_EQ(sum(sites, "temporaries"), 2 * count);
}

/// Memory of a process that is its own, in KiB: not the memory that it shares with a target.
long ownMemoryOf(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
  ADD_FAILURE() << "process " << pid << " is gone";
  return 0;
}

/// What plain SQL gives for the first column of `query`. A session that is being recorded can be read too:
/// before its file is ready it has nothing.
std::vector<std::string> textOf(const std::filesystem::path& file, const char* query) {
  std::vector<std::string> values;
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(database, query, -1, &statement, nullptr) == SQLITE_OK)
    while (sqlite3_step(statement) == SQLITE_ROW)
      values.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return values;
}

/// Waits until the relay has read debug information and named what it knows.
void waitForNames(const std::filesystem::path& file) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (textOf(file, "SELECT function FROM symbol WHERE function = 'main'").empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "no names";
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

TEST(Threads, TenThousandShortOnesCostTheRelayNoMoreThanAHundred) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitizer keeps memory of its own for each address that was ever used";
#endif
  LiveRecording live({recordedProgram("crowds"), "one-by-one", "100"});
  live.waitFor("100 done");
  waitForNames(live.file());  // What the relay reads for them is no cost of threads.
  const long few = ownMemoryOf(live.relay());
  live.tell("9900");
  live.waitFor("9900 done");
  const long many = ownMemoryOf(live.relay());
  live.tell("0");
  EXPECT_EQ(live.finish().status, 0);
  expectWorkOf(10'000, Report(live.file()));
  EXPECT_LT(many, few + 16 * 1024) << "KiB";
}

TEST(Threads, ShortOnesInBatchesAreAllThere) {
  // Each thread begins with a chunk of the pool: a slow machine's relay may need more than the usual
  // patience.
  const Recording recording({recordedProgram("crowds"), "in-batches", "5000"}, {}, {}, {"--exact"});
  EXPECT_EQ(recording.outcome().status, 0);
  expectWorkOf(5000, recording);
}

TEST(Threads, AThousandAtOnceAreAllThere) {
  const Recording recording({recordedProgram("crowds"), "all-at-once", "1000"}, {}, {}, {"--exact"});
  EXPECT_EQ(recording.outcome().status, 0);
  expectWorkOf(1000, recording);
}

TEST(Threads, DestructorsAtTheirEndsAreRecordedWithTheirStacks) {
  const Recording recording({recordedProgram("crowds"), "with-destructors", "50"});
  EXPECT_EQ(recording.outcome().status, 0);
  expectWorkOf(50, recording);
  const auto keys = recording.sitesIn("atKeyDestruction");
  EXPECT_EQ(sum(keys, "allocations"), 50 * 4 * 2);
  EXPECT_EQ(sum(keys, "blocks"), 50 * 4);
  const auto locals = recording.sitesIn("atLocalDestruction");
  EXPECT_EQ(sum(locals, "allocations"), 50);
  EXPECT_EQ(sum(locals, "blocks"), 0);
  for (const auto& site : keys) EXPECT_GT(site.at("stack").size(), 1U) << site;
  for (const auto& site : locals)
    EXPECT_NE(site.at("stack").dump().find("~Local"), std::string::npos) << site;
}

TEST(Threads, HaveTheirNamesInTheSession) {
  LiveRecording live({recordedProgram("crowds"), "with-names", "20"});
  live.waitFor("ready");
  live.tell("go");
  EXPECT_EQ(live.finish().status, 0);
  expectWorkOf(20, Report(live.file()));
  const auto names = textOf(live.file(), "SELECT name FROM thread");
  EXPECT_EQ(names.size(), 21U);
  EXPECT_THAT(names, testing::Contains("crowds"));
  for (int i = 0; i < 20; ++i) EXPECT_THAT(names, testing::Contains("worker-" + std::to_string(i)));
}

TEST(Threads, ThatFreeEachOthersBlocksMatchExactly) {
  const Recording recording({recordedProgram("many_threads")});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording["threads"], 1 + 4 + 4);
  std::int64_t produced = 0;
  for (const auto& site : recording.sitesIn("produce")) {
    produced += site.at("allocations").get<std::int64_t>();
    EXPECT_EQ(site.at("blocks").get<std::int64_t>(), 0);
  }
  EXPECT_EQ(produced, 4 * 20'000);
}

}  // namespace
}  // namespace heaptap::test
