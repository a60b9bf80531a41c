// SPDX-License-Identifier: Apache-2.0
// Which sessions of a folder go when it is beyond its limits, and which never.
#include "collector/service/storage_quota.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::service {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;

class StorageQuota : public testing::Test {
 protected:
  /// A session that ended so long ago.
  store::SessionUnderTest begin(const std::string& name, std::chrono::seconds ago) {
    test::RecordedProgram program;
    v1::Hello hello = program.hello();
    hello.set_started_at_unix_ns(
        std::chrono::duration_cast<std::chrono::nanoseconds>((now - ago).time_since_epoch()).count());
    auto session = store::SessionUnderTest::create(folder / name, hello).value();
    for (const auto& message : store::busyProgram(program, 1, 10)) EXPECT_TRUE(session.take(message));
    return session;
  }
  void store(const std::string& name, std::chrono::seconds ago) { EXPECT_TRUE(begin(name, ago).finish()); }
  std::vector<std::string> overdue(const StorageLimits& limits) {
    const auto look = lookForOverdue(folder.path(), limits, now);
    EXPECT_TRUE(look);
    std::vector<std::string> names;
    for (const OverdueFile& each : look->overdue) names.push_back(each.file.filename());
    return names;
  }
  [[nodiscard]] std::uint64_t bytesOf(const std::string& name) const { return fs::file_size(folder / name); }

  test::TemporaryFolder folder;
  const Clock::time_point now = Clock::now();
};

TEST_F(StorageQuota, theOnesThatEndedFirstGoUntilTheRestFits) {
  store("c.heaptap", 3h);
  store("a.heaptap", 1h);
  store("b.heaptap", 2h);
  const std::uint64_t one = bytesOf("a.heaptap");
  EXPECT_EQ(overdue({.maxBytes = 4 * one}), (std::vector<std::string>{}));
  EXPECT_EQ(overdue({.maxBytes = 2 * one + one / 2}), (std::vector<std::string>{"c.heaptap"}));
  EXPECT_EQ(overdue({.maxBytes = 1}), (std::vector<std::string>{"c.heaptap", "b.heaptap", "a.heaptap"}));
}

TEST_F(StorageQuota, agesAreThoseSinceTheEndAndTheNextOneIsKnown) {
  store("old.heaptap", 72h);
  store("young.heaptap", 1h);
  EXPECT_EQ(overdue({.maxAge = 48h}), (std::vector<std::string>{"old.heaptap"}));
  EXPECT_EQ(overdue({.maxAge = 100h}), (std::vector<std::string>{}));
  const auto look = lookForOverdue(folder.path(), {.maxAge = 48h}, now).value();
  ASSERT_TRUE(look.nextIn);
  EXPECT_GT(*look.nextIn, 46h);
  EXPECT_LE(*look.nextIn, 48h);
}

TEST_F(StorageQuota, whatIsRecordedOrUnfinishedOrNoSessionStays) {
  auto live = begin("live.heaptap", 100h);
  for (const char* suffix : {"", "-wal"})
    fs::copy_file((folder / "live.heaptap").string() + suffix, (folder / "killed.heaptap").string() + suffix);
  std::ofstream(folder / "text.heaptap") << std::string(10'000'000, 'x');
  std::ofstream(folder / "notes.txt") << std::string(10'000'000, 'x');
  store("a.heaptap", 1h);
  fs::create_symlink(folder / "a.heaptap", folder / "link.heaptap");
  EXPECT_EQ(overdue({.maxBytes = 1, .maxAge = 1s}), (std::vector<std::string>{"a.heaptap"}));
  const auto refused = removeSession(folder / "live.heaptap");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  EXPECT_TRUE(fs::exists(folder / "live.heaptap"));
  EXPECT_TRUE(live.finish());
}

TEST_F(StorageQuota, timesBeyondAnyCalendarAreNoTrouble) {
  for (const std::int64_t started : {INT64_MIN, INT64_MAX, std::int64_t{-1}}) {
    test::RecordedProgram program;
    v1::Hello hello = program.hello();
    hello.set_started_at_unix_ns(started);
    auto session =
        store::SessionUnderTest::create(folder / ("s" + std::to_string(started) + ".heaptap"), hello).value();
    EXPECT_TRUE(session.finish());
  }
  EXPECT_EQ(overdue({.maxAge = 1s}).size(), 2U) << "one has not begun yet";
}

}  // namespace
}  // namespace heaptap::service
