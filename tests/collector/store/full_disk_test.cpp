// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>

#include "collector/store/reserve_file.h"
#include "collector/store/verification/session_verification.h"
#include "tests/collector/store/file_size_limit.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

/// Numbers are exact and every event is either kept or counted as not stored.
void expectExactNumbersAndCountedLoss(const std::filesystem::path& file,
                                      const model::SessionRecord& expected) {
  const auto stored = load(file);
  EXPECT_TRUE(stored.progress.finished);
  expectSameNumbers(stored.builder.record().model, expected.model);
  EXPECT_EQ(stored.builder.record().ending, expected.ending);
  EXPECT_EQ(stored.builder.record().definitions.now().texts.size(), expected.definitions.now().texts.size());
  const auto& totals = expected.model.totals();
  auto database = Database::open(file, Database::Mode::ReadOnly).value();
  const auto kept = database.number("SELECT coalesce(sum(events), 0) FROM event_blob").value();
  EXPECT_GT(stored.progress.eventsNotStored, 0U);
  EXPECT_EQ(stored.progress.eventsNotStored + static_cast<std::uint64_t>(kept),
            totals.allocations + totals.frees);
}

TEST(FullDisk, aFileThatMayNotGrowStillGetsTheExactNumbers) {
  test::TemporaryFolder folder;
  const auto file = folder / "session.heaptap";
  test::RecordedProgram program;
  const auto messages = busyProgram(program, 120);
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 1ULL << 40}).value();
  {
    const FileSizeLimit limit(700'000);
    for (const auto& message : messages) {
      const auto taken = session.take(message);
      ASSERT_TRUE(taken) << taken.error().line();
    }
    const auto finished = session.finish();
    ASSERT_TRUE(finished) << finished.error().line();
  }
  EXPECT_LE(std::filesystem::file_size(file), 700'000U);
  expectExactNumbersAndCountedLoss(file, session.record());
}

TEST(FullDisk, eventsAreStoredAgainWhenThereIsRoomWithTheirNumbersAmongAll) {
  test::TemporaryFolder folder;
  const auto file = folder / "session.heaptap";
  test::RecordedProgram program;
  const auto messages = busyProgram(program, 160);
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 1ULL << 40}).value();
  {
    const FileSizeLimit limit(700'000);
    for (std::size_t i = 0; i < messages.size() / 2; ++i) ASSERT_TRUE(session.take(messages[i]));
    ASSERT_TRUE(session.writer().reducedBy());
    // The file is still this collector's, which no other one takes over.
    EXPECT_TRUE(ReserveFile::isHeldFor(file));
    const auto other = SessionWriter::resume(file, {});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::AlreadyExists);
  }
  for (std::size_t i = messages.size() / 2; i < messages.size(); ++i) ASSERT_TRUE(session.take(messages[i]));
  EXPECT_FALSE(session.writer().reducedBy());
  EXPECT_TRUE(ReserveFile::isHeldFor(file));
  ASSERT_TRUE(session.finish());
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".reserve"));
  expectExactNumbersAndCountedLoss(file, session.record());
  auto database = Database::open(file, Database::Mode::ReadOnly).value();
  const auto& totals = session.record().model.totals();
  EXPECT_EQ(database.number("SELECT max(first_event + events) FROM event_blob").value(),
            static_cast<std::int64_t>(totals.allocations + totals.frees))
      << "the last ones are there, by their numbers among all";
  EXPECT_TRUE(verifySession(file, [] { return false; }).value().differences.empty());
}

TEST(FullDisk, aKillAfterTheDiskWasFullStillLeavesExactNumbers) {
  test::TemporaryFolder folder;
  const auto file = folder / "session.heaptap";
  test::RecordedProgram program;
  const auto messages = busyProgram(program, 120);
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 1ULL << 40}).value();
  const FileSizeLimit limit(700'000);
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_GT(session.writer().eventsNotStored(), 0U);
  const auto stored = load(file);  // The writer is still there, and has not finished.
  EXPECT_FALSE(stored.progress.finished);
  EXPECT_EQ(stored.progress.lastSequence, messages.size());
  expectSameNumbers(stored.builder.record().model, session.record().model);
}

TEST(FullDisk, aFullFileSystemStillGetsTheExactNumbers) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to mount a small file system";
  test::TemporaryFolder folder;
  if (::mount("heaptap-test", folder.path().c_str(), "tmpfs", 0, "size=3m") != 0) {
    GTEST_SKIP() << "cannot mount a small file system here: " << std::strerror(errno);
  }
  struct Unmount {
    const test::TemporaryFolder& folder;
    ~Unmount() { ::umount2(folder.path().c_str(), MNT_DETACH); }
  } const unmount{folder};
  const auto file = folder / "session.heaptap";
  test::RecordedProgram program;
  const auto messages = busyProgram(program, 400);
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 1ULL << 40}).value();
  for (const auto& message : messages) {
    const auto taken = session.take(message);
    ASSERT_TRUE(taken) << taken.error().line();
  }
  ASSERT_TRUE(session.writer().reducedBy());
  EXPECT_TRUE(ReserveFile::isHeldFor(file)) << "its space is given back, its lock is not";
  EXPECT_EQ(std::filesystem::file_size(file.string() + ".reserve"), 0U);
  const auto finished = session.finish();
  ASSERT_TRUE(finished) << finished.error().line();
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".reserve"));
  expectExactNumbersAndCountedLoss(file, session.record());
}

TEST(FullDisk, aDatabaseAtItsPageLimitSaysThatStorageIsFull) {
  test::TemporaryFolder folder;
  auto database = Database::open(folder / "small.sqlite", Database::Mode::Create).value();
  ASSERT_TRUE(database.run("PRAGMA max_page_count = 8; CREATE TABLE t (data BLOB)"));
  const auto stored = database.run("INSERT INTO t VALUES (zeroblob(100000))");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, Code::StorageFull);
}

}  // namespace
}  // namespace heaptap::store
