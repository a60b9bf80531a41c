// SPDX-License-Identifier: Apache-2.0
#include "cli/run/output_target.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

/// As far as it is looked at.
const std::string kSessionHead = [] {
  std::string head("SQLite format 3");
  head.resize(68);
  return head + "htap" + "…";
}();

Code refusal(const Result<void>& result) { return result ? Code::Internal : result.error().code; }

TEST(OutputTarget, ANewFileInAWritableFolderIsFine) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(checkOutput(folder / "new.heaptap", false));
}

TEST(OutputTarget, AnExistingFileIsReplacedOnlyByForce) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("old.heaptap", kSessionHead);
  EXPECT_EQ(refusal(checkOutput(file, false)), Code::AlreadyExists);
  EXPECT_TRUE(checkOutput(file, true));
  EXPECT_EQ(test::readFile(file), kSessionHead);
}

TEST(OutputTarget, WhatIsNoSessionIsNotReplacedByForceEither) {
  const test::TemporaryFolder folder;
  folder.write("empty", "");
  EXPECT_TRUE(checkOutput(folder / "empty", true));
  for (const std::string& text :
       {std::string("important\n"), kSessionHead.substr(0, 60), std::string(4096, '\0')}) {
    const auto file = folder.write("important.txt", text);
    const auto checked = checkOutput(file, true);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().line(), file.string() +
                                          ": the file is no heaptap session, and is not replaced; choose "
                                          "another name, or remove it");
    EXPECT_EQ(checked.error().code, Code::AlreadyExists);
  }
}

TEST(OutputTarget, WhatCannotBeWrittenIsRefused) {
  const test::TemporaryFolder folder;
  folder.write("file", "");
  EXPECT_EQ(refusal(checkOutput(folder / "missing/new.heaptap", false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder / "file/new.heaptap", false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder.path(), true)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder.path() / "", true)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput("/dev/null", true)), Code::NotWritable);
}

TEST(OutputTarget, WhereNoFileCanBeMadeNothingIsStarted) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(refusal(checkOutput("/proc/new.heaptap", false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder / std::string(256, 'n'), false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder / std::string(253, 'n'), false)), Code::NotWritable)
      << "there is no room for what is kept beside it";
  EXPECT_TRUE(checkOutput(folder / std::string(240, 'n'), false));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "what was tried is left behind";
}

TEST(OutputTarget, WhereThereIsNoRoomNothingIsStarted) {
  const test::TemporaryFolder folder;
  if (::mount("heaptap-test", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "needs root, to mount a small file system";
  const auto old = folder.write("old.heaptap", kSessionHead);
  const auto checked = checkOutput(folder / "new.heaptap", false);
  const auto replaced = checkOutput(old, true);
  ::umount2(folder.path().c_str(), MNT_DETACH);
  EXPECT_EQ(refusal(checked), Code::StorageFull);
  EXPECT_TRUE(replaced) << "what is replaced makes room";
}

}  // namespace
}  // namespace heaptap::cli
