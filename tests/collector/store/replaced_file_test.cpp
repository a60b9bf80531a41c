// SPDX-License-Identifier: Apache-2.0
#include "collector/store/replaced_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

namespace fs = std::filesystem;

class ReplacedFile : public testing::Test {
 protected:
  Code codeOf(const char* name, bool force) { return checkReplaced(m_folder / name, force).error().code; }

  test::TemporaryFolder m_folder;
};

TEST_F(ReplacedFile, AFreeNameIsFine) {
  EXPECT_TRUE(checkReplaced(m_folder / "a", false));
  EXPECT_TRUE(checkReplaced(m_folder / "a", true));
}

TEST_F(ReplacedFile, AFileIsReplacedByForceOnly) {
  std::string head("SQLite format 3");
  head.resize(68);
  m_folder.write("a", head + "htap");
  EXPECT_EQ(codeOf("a", false), Code::AlreadyExists);
  EXPECT_TRUE(checkReplaced(m_folder / "a", true));
}

TEST_F(ReplacedFile, OfFilesOnlySessionsAreReplaced) {
  m_folder.write("empty", "");
  EXPECT_TRUE(checkReplaced(m_folder / "empty", true));
  std::string otherDatabase("SQLite format 3");
  otherDatabase.resize(100);
  for (const std::string& text : {std::string("x"), otherDatabase, std::string(1 << 20, 'x')}) {
    m_folder.write("other", text);
    EXPECT_EQ(codeOf("other", true), Code::AlreadyExists);
  }
}

TEST_F(ReplacedFile, NothingElseIsEverReplaced) {
  ASSERT_EQ(mkfifo((m_folder / "pipe").c_str(), 0600), 0);
  fs::create_directory(m_folder / "folder");
  for (const bool force : {false, true}) {
    EXPECT_EQ(codeOf("pipe", force), Code::NotWritable);
    EXPECT_EQ(codeOf("folder", force), Code::NotWritable);
    EXPECT_EQ(checkReplaced("/dev/null", force).error().code, Code::NotWritable);
  }
}

TEST_F(ReplacedFile, ACopyIsNotItsOriginal) {
  m_folder.write("a", "session");
  fs::create_symlink("a", m_folder / "link");
  EXPECT_EQ(checkCopy(m_folder / "a", m_folder / "a", true).error().code, Code::Usage);
  EXPECT_EQ(checkCopy(m_folder / "a", m_folder / "link", true).error().code, Code::Usage);
  EXPECT_TRUE(checkCopy(m_folder / "a", m_folder / "b", false));
}

}  // namespace
}  // namespace heaptap::store
