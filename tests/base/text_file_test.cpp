// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

class TextFile : public testing::Test {
 protected:
  Result<std::string> read(const std::string& name) {
    return readTextFile((m_folder / name).string(), "policy");
  }
  std::string pipe() {
    EXPECT_EQ(mkfifo((m_folder / "pipe").c_str(), 0600), 0);
    return (m_folder / "pipe").string();
  }

  test::TemporaryFolder m_folder;
};

TEST_F(TextFile, IsReadWhole) {
  m_folder.write("a", std::string(100'000, 'x'));
  m_folder.write("empty", "");
  EXPECT_EQ(read("a")->size(), 100'000U);
  EXPECT_EQ(*read("empty"), "");
}

TEST_F(TextFile, MayBeAPipe) {
  const std::string name = pipe();
  UniqueFd other(open(name.c_str(), O_RDWR | O_CLOEXEC));  // So that it can be written before it is read.
  UniqueFd writer(open(name.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(write(writer.get(), "limits", 6), 6);
  writer.reset();
  // The reader has the pipe, too, so that closing the first end does not lose what is in it.
  const UniqueFd reader(open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  other.reset();
  EXPECT_EQ(*read("pipe"), "limits");
}

TEST_F(TextFile, APipeThroughWhichNothingComesIsNoEmptyFile) {
  pipe();
  const auto text = read("pipe");
  ASSERT_FALSE(text) << "a gate with an empty policy would pass";
  EXPECT_EQ(text.error().line(),
            (m_folder / "pipe").string() +
                ": nothing was written into this pipe; start what writes the policy into it first");
}

TEST_F(TextFile, AFolderAndAMissingFileAreSaid) {
  EXPECT_EQ(read("").error().code, Code::NotFound);
  EXPECT_EQ(read("missing").error().code, Code::NotFound);
}

TEST_F(TextFile, NoneIsReadWithoutEnd) {
  const auto text = readTextFile("/dev/zero", "policy");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::Usage);
}

}  // namespace
}  // namespace heaptap
