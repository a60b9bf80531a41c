// SPDX-License-Identifier: Apache-2.0
#include "cli/run/output_target.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
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

/// As a full disk does (setrlimit(2), RLIMIT_FSIZE), for this process alone.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &m_before);
    const rlimit limit{bytes, m_before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, m_handler);
  }

 private:
  rlimit m_before{};
  void (*m_handler)(int);
};

TEST(OutputTarget, WhereThereIsNoRoomNothingIsStarted) {
  const test::TemporaryFolder folder;
  const auto old = folder.write("old.heaptap", kSessionHead);
  {
    const FileSizeLimit limit(64 << 10);
    EXPECT_EQ(refusal(checkOutput(folder / "new.heaptap", false)), Code::StorageFull);
    EXPECT_TRUE(checkOutput(old, true)) << "what is replaced makes room";
  }
  EXPECT_TRUE(checkOutput(folder / "new.heaptap", false));
}

}  // namespace
}  // namespace heaptap::cli
