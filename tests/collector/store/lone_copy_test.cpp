// SPDX-License-Identifier: Apache-2.0
// What can be read of a session that is being recorded: of a copy of its file alone, of the file with its log
// where nothing can be written, by another user.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "collector/store/abandoned_file.h"
#include "tests/collector/store/session_file.h"

namespace heaptap::store {
namespace {

namespace fs = std::filesystem;

/// This process has no more rights than any other user, for as long as it lives.
class AsAnotherUser {
 public:
  AsAnotherUser() { m_isOther = ::geteuid() == 0 && ::seteuid(kNobody) == 0; }
  ~AsAnotherUser() {
    if (m_isOther) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  AsAnotherUser(const AsAnotherUser&) = delete;
  AsAnotherUser& operator=(const AsAnotherUser&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool m_isOther = false;
};

class LoneCopy : public SessionFile {
 protected:
  fs::path copyOf(const std::vector<std::string>& suffixes, const std::string& name = "copy.heaptap") {
    const fs::path copy = folder / name;
    for (const std::string& suffix : suffixes)
      fs::copy_file(file.string() + suffix, copy.string() + suffix, fs::copy_options::overwrite_existing);
    return copy;
  }
  std::set<std::string> names() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) names.insert(entry.path().filename());
    return names;
  }
  void shareWithOthers() {
    fs::permissions(folder.path(), fs::perms{0755});
    for (const auto& entry : fs::directory_iterator(folder.path()))
      fs::permissions(entry.path(), fs::perms{0644});
  }
};

TEST_F(LoneCopy, fromTheFirstMomentOnOpensAsCutShortAndIsLeftAlone) {
  const auto messages = busyProgram(program, 40);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  std::uint64_t allocations = 0;
  for (std::size_t i = 0; i <= messages.size(); ++i) {
    const fs::path copy = copyOf({""});
    const auto before = names();
    const StoredSession stored = load(copy);
    EXPECT_FALSE(stored.progress.finished);
    EXPECT_EQ(stored.builder.record().identity.pid, 4711U);
    EXPECT_GE(stored.builder.record().model.totals().allocations, allocations);
    allocations = stored.builder.record().model.totals().allocations;
    EXPECT_EQ(names(), before) << "nothing is made beside what is read";
    if (i < messages.size()) {
      ASSERT_TRUE(session.take(messages[i]));
    }
  }
  EXPECT_GT(allocations, 0U) << "the log is moved into the file from time to time";
  EXPECT_LE(allocations, session.record().model.totals().allocations);
}

TEST_F(LoneCopy, thereIsNoMomentAtWhichTheFileIsNoSession) {
  std::atomic<bool> isOver = false;
  int seen = 0;
  std::thread copier([&] {
    const fs::path copy = folder / "copy.heaptap";
    while (!isOver) {
      std::ifstream read(file, std::ios::binary);
      if (!read) continue;
      std::ostringstream contents;
      contents << read.rdbuf();
      std::ofstream(copy, std::ios::binary) << contents.str();
      const auto loaded =
          SessionReader::open(copy).and_then([](SessionReader reader) { return reader.load(); });
      EXPECT_TRUE(loaded) << loaded.error().line();
      ++seen;
    }
  });
  for (int i = 0; i < 50 || seen == 0; ++i) {
    auto session = SessionUnderTest::create(file, program.hello(), {.force = true});
    EXPECT_TRUE(session);
    fs::remove(file);
  }
  isOver = true;
  copier.join();
}

TEST_F(LoneCopy, takenWhileTheLogIsMovedIsReadOrSaidToBeDamaged) {
  const auto messages = busyProgram(program, 200);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  std::atomic<bool> isOver = false;
  int read = 0;
  std::thread copier([&] {
    while (!isOver) {
      const fs::path copy = copyOf({""});
      auto loaded = SessionReader::open(copy).and_then([](SessionReader reader) { return reader.load(); });
      if (loaded) {
        ++read;
        EXPECT_FALSE(loaded->progress.finished);
      } else {
        EXPECT_EQ(loaded.error().code, Code::Corrupt) << loaded.error().line();
        EXPECT_EQ(loaded.error().where, copy.string());
        EXPECT_NE(loaded.error().remedy, "");
      }
    }
  });
  for (const auto& message : messages) EXPECT_TRUE(session.take(message));
  while (read == 0) std::this_thread::yield();
  isOver = true;
  copier.join();
}

TEST_F(LoneCopy, withItsLogHasAllThatWasStoredAlsoWhereNothingCanBeWritten) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  const fs::path copy = copyOf({"", "-wal"});
  const auto before = names();
  shareWithOthers();
  {
    const AsAnotherUser other;
    expectSameNumbers(load(copy).builder.record().model, session.record().model);
    const auto refused = tidyAbandoned(copy);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().line(),
              copy.string() +
                  ": cannot be changed there: Permission denied; copy it, with all that has its name, to "
                  "another folder");
  }
  expectSameNumbers(load(copy).builder.record().model, session.record().model);
  EXPECT_EQ(names(), before);
  fs::permissions(copy.string() + "-wal", fs::perms::none);
  const AsAnotherUser other;
  const auto refused = SessionReader::open(copy);
  ASSERT_FALSE(refused) << "numbers without the log would be wrong";
  EXPECT_EQ(refused.error().code, Code::NotPermitted);
  EXPECT_NE(refused.error().line().find("copy.heaptap-wal"), std::string::npos) << refused.error().line();
}

TEST_F(LoneCopy, anotherUserReadsWhatIsBeingRecorded) {
  const auto messages = busyProgram(program, 30);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) {
    ASSERT_TRUE(session.take(message));
    shareWithOthers();
    const AsAnotherUser other;
    EXPECT_TRUE(ReserveFile::isHeldFor(file));
    EXPECT_FALSE(isAbandoned(file));
    expectSameNumbers(load(file).builder.record().model, session.record().model);
  }
}

TEST_F(LoneCopy, thatIsWrittenMeanwhileIsSaidToBe) {
  const auto messages = busyProgram(program, 2);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  const fs::path copy = copyOf({"", "-wal"});
  auto reader = SessionReader::open(copy).value();
  std::ofstream(copy.string() + "-wal", std::ios::app | std::ios::binary) << "more";
  const auto loaded = reader.load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::Unavailable);
  EXPECT_EQ(loaded.error().line(), copy.string() + ": it was written while it was read; try again");
}

TEST_F(LoneCopy, whatAKilledWriterHasChangedInPartIsUndoneByRecovery) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  auto database = Database::open(file, Database::Mode::ReadWrite).value();
  // So little memory that pages are written before the end of the transaction.
  ASSERT_TRUE(database.run("PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE event_blob SET data = x'00'"));
  const fs::path copy = copyOf({"", "-journal"});
  const auto refused = SessionReader::open(copy);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::NotWritable);
  EXPECT_NE(refused.error().remedy.find("heaptap recover"), std::string::npos);
  ASSERT_TRUE(isHalfChanged(copy));
  const auto tidied = tidyAbandoned(copy);
  ASSERT_TRUE(tidied) << tidied.error().line();
  expectSameNumbers(load(copy).builder.record().model, session.record().model);
}

}  // namespace
}  // namespace heaptap::store
