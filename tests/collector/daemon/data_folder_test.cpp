// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/data_folder.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/support/temporary_folder.h"

namespace heaptap::daemon {
namespace {

TEST(DataFolderTest, IsMadeForThisUserOnly) {
  const test::TemporaryFolder folder;
  const auto opened = DataFolder::open(folder / "a/b");
  ASSERT_TRUE(opened) << opened.error().line();
  EXPECT_EQ(std::filesystem::status(folder / "a/b").permissions(), std::filesystem::perms::owner_all);
}

TEST(DataFolderTest, BelongsToOneDaemonAtATime) {
  const test::TemporaryFolder folder;
  {
    const auto first = DataFolder::open(folder.path());
    ASSERT_TRUE(first);
    const auto second = DataFolder::open(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::AlreadyExists);
  }
  EXPECT_TRUE(DataFolder::open(folder.path()));
}

TEST(DataFolderTest, ListsSessionFilesOnly) {
  const test::TemporaryFolder folder;
  for (const char* name : {"b.heaptap", "a.heaptap", "a.heaptap-wal", "notes.txt"}) folder.write(name, "");
  const auto opened = DataFolder::open(folder.path());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->sessionFiles(), (std::vector{folder / "a.heaptap", folder / "b.heaptap"}));
}

TEST(DataFolderTest, SaysWhenItCannotBeMade) {
  const test::TemporaryFolder folder;
  folder.write("file", "");
  const auto opened = DataFolder::open(folder / "file/below");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::NotWritable);
}

}  // namespace
}  // namespace heaptap::daemon
