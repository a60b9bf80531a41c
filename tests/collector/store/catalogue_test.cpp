// SPDX-License-Identifier: Apache-2.0
// Lists of a folder's sessions: true to the files, whatever the catalogue says.
#include "collector/store/catalogue/catalogue.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "collector/store/catalogue/catalogue_file.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

namespace fs = std::filesystem;

class CatalogueTest : public testing::Test {
 protected:
  static constexpr int kSessions = 40;
  static constexpr std::uint32_t kPid = 4711;  // Of each, in its file.
  static constexpr std::uint32_t kOther = 99;

  CatalogueTest() {
    test::RecordedProgram program;
    const auto messages = busyProgram(program, 1, 50);
    auto session = SessionUnderTest::create(nameOf(0), program.hello()).value();
    for (const auto& message : messages) EXPECT_TRUE(session.take(message));
    EXPECT_TRUE(session.finish());
    for (int i = 1; i < kSessions; ++i) fs::copy_file(nameOf(0), nameOf(i));
  }
  [[nodiscard]] fs::path nameOf(int number) const {
    return folder / ("s" + std::to_string(100 + number) + ".heaptap");
  }
  /// The process ids, in the order of the names; 0: of what cannot be read.
  std::vector<std::uint32_t> list() {
    auto catalogue = Catalogue::open(folder.path()).value();
    std::vector<std::uint32_t> pids;
    for (const fs::path& file : catalogue.files()) {
      const auto header = catalogue.header(file);
      pids.push_back(header ? header->identity.pid : 0);
    }
    // Long after they were written.
    catalogue.keep(std::chrono::system_clock::now() + std::chrono::hours(1));
    return pids;
  }
  /// The catalogue says something else of all sessions: what is listed then comes from there.
  void tellOtherPids() {
    auto file = CatalogueFile::read(folder.path());
    ASSERT_TRUE(file);
    for (auto& entry : *file->contents.mutable_entries()) {
      v1::Hello hello;
      ASSERT_TRUE(hello.ParseFromString(entry.hello()));
      hello.set_pid(kOther);
      entry.set_hello(hello.SerializeAsString());
    }
    CatalogueFile::write(folder.path(), file->contents);
  }
  test::TemporaryFolder folder;
  const fs::path catalogueFile = folder / ".heaptap-catalogue";
  const std::vector<std::uint32_t> ofTheFiles = std::vector<std::uint32_t>(kSessions, kPid);
};

TEST_F(CatalogueTest, answersForFilesThatAreAsTheyWere) {
  EXPECT_EQ(list(), ofTheFiles);
  tellOtherPids();
  EXPECT_EQ(list(), std::vector<std::uint32_t>(kSessions, kOther));
}

TEST_F(CatalogueTest, aFileThatHasChangedAnswersForItself) {
  EXPECT_EQ(list(), ofTheFiles);
  tellOtherPids();
  const auto written = fs::last_write_time(nameOf(1));
  fs::copy_file(nameOf(2), nameOf(1), fs::copy_options::overwrite_existing);
  fs::last_write_time(nameOf(1), written);  // As rsync and cp -p do.
  fs::remove(nameOf(3));
  fs::rename(nameOf(5), nameOf(4));
  std::ofstream(nameOf(6)) << "no session any more";
  std::ofstream(nameOf(7).string() + "-wal") << "a collector writes it";
  const auto pids = list();
  ASSERT_EQ(pids.size(), kSessions - 2U);
  const std::vector<std::uint32_t> first(pids.begin(), pids.begin() + 7);
  // 0, 1, 2, 4 (which was 5), 6, 7, 8
  EXPECT_EQ(first, (std::vector<std::uint32_t>{kOther, kPid, kOther, kPid, 0, kPid, kOther}));
}

TEST_F(CatalogueTest, whatHasChangedJustNowIsNotKept) {
  auto catalogue = Catalogue::open(folder.path()).value();
  for (const fs::path& file : catalogue.files()) EXPECT_TRUE(catalogue.header(file));
  const auto state = FileState::of(nameOf(kSessions - 1)).value();
  catalogue.keep(std::chrono::system_clock::time_point(std::chrono::nanoseconds(state.changedNs)));
  const auto kept = CatalogueFile::read(folder.path());
  ASSERT_TRUE(kept);
  for (const auto& entry : kept->contents.entries())
    EXPECT_LT(entry.changed_ns(), state.changedNs - 1'000'000'000) << entry.name();
}

TEST_F(CatalogueTest, aDamagedOneCountsForNothing) {
  EXPECT_EQ(list(), ofTheFiles);
  std::ostringstream read;
  read << std::ifstream(catalogueFile, std::ios::binary).rdbuf();
  const std::string whole = read.str();
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) {
    std::string damaged = whole;
    if (i % 2 == 0)
      damaged.resize(random() % damaged.size());
    else
      damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(catalogueFile, std::ios::binary) << damaged;
    EXPECT_EQ(list(), ofTheFiles);
  }
}

TEST_F(CatalogueTest, whatIsNoFileOfOneUserIsNotRead) {
  EXPECT_EQ(list(), ofTheFiles);
  tellOtherPids();
  fs::permissions(catalogueFile, fs::perms{0666});
  EXPECT_EQ(list(), ofTheFiles) << "anybody may have written it";
  tellOtherPids();
  fs::rename(catalogueFile, folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", catalogueFile);
  EXPECT_EQ(list(), ofTheFiles);
  fs::remove(catalogueFile);
  fs::create_directory(catalogueFile);
  EXPECT_EQ(list(), ofTheFiles);
  fs::remove(catalogueFile);
  ASSERT_EQ(::mkfifo(catalogueFile.c_str(), 0644), 0);
  EXPECT_EQ(list(), ofTheFiles);
}

TEST_F(CatalogueTest, anotherUsersCountsForHisOwnSessionsOnly) {
  constexpr uid_t kNobody = 65534;
  EXPECT_EQ(list(), ofTheFiles);
  tellOtherPids();
  if (::chown(catalogueFile.c_str(), kNobody, kNobody) != 0) {
    EXPECT_NE(::geteuid(), 0U) << "only root may give files away";
    return;
  }
  EXPECT_EQ(list(), ofTheFiles);
}

TEST_F(CatalogueTest, aFolderThatCannotBeWrittenIsJustRead) {
  fs::permissions(folder.path(), fs::perms{0555});
  for (int i = 0; i < kSessions; ++i) fs::permissions(nameOf(i), fs::perms{0644});
  const bool isRoot = ::geteuid() == 0;
  if (isRoot) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  EXPECT_EQ(list(), ofTheFiles);
  if (isRoot) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_FALSE(fs::exists(catalogueFile));
  fs::permissions(folder.path(), fs::perms{0755});
}

TEST_F(CatalogueTest, smallFoldersHaveNone) {
  for (int i = 3; i < kSessions; ++i) fs::remove(nameOf(i));
  EXPECT_EQ(list(), (std::vector<std::uint32_t>(3, kPid)));
  EXPECT_FALSE(fs::exists(catalogueFile));
}

TEST_F(CatalogueTest, severalAtOnceDoNotDisturbEachOther) {
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([this] {
      for (int round = 0; round < 10; ++round) {
        EXPECT_EQ(list(), ofTheFiles);
        fs::remove(catalogueFile);
      }
    });
  for (std::thread& other : others) other.join();
  EXPECT_EQ(list(), ofTheFiles);
  EXPECT_FALSE(fs::exists(folder / ".heaptap-catalogue.part"));
}

}  // namespace
}  // namespace heaptap::store
