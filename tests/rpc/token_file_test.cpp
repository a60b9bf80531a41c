// SPDX-License-Identifier: Apache-2.0
#include "rpc/token_file.h"

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace heaptap::rpc {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kOne = "0123456789abcdef";
constexpr const char* kTwo = "fedcba9876543210-longer";

class Tokens : public testing::Test {
 protected:
  std::string write(const std::string& text) const { return folder.write("tokens", text); }
  std::string whyNot(const std::string& text) const {
    const auto file = TokenFile::open(write(text));
    return file ? "it is accepted" : file.error().line();
  }
  test::TemporaryFolder folder;
};

TEST_F(Tokens, StandOneALineBetweenComments) {
  const auto file =
      TokenFile::open(write(std::string("# a team\n  ") + kOne + "\t\r\n\n#" + kOne + "x\n" + kTwo));
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->first(), kOne);
  EXPECT_TRUE((*file)->accepts(kOne));
  EXPECT_TRUE((*file)->accepts(kTwo));
  for (const std::string& other : {std::string(), std::string(kOne) + "x", std::string(kOne).substr(1)})
    EXPECT_FALSE((*file)->accepts(other)) << other;
}

TEST_F(Tokens, AreRefusedWhereTheyAreNone) {
  EXPECT_THAT(whyNot(""), HasSubstr("has no token"));
  EXPECT_THAT(whyNot("# nothing\n"), HasSubstr("has no token"));
  EXPECT_THAT(whyNot(std::string(kOne) + "\nshort\n"), HasSubstr("line 2 is no token of 16 to 1024"));
  EXPECT_THAT(whyNot("two words are no token"), HasSubstr("line 1"));
  EXPECT_THAT(whyNot(std::string(kOne) + '\0'), HasSubstr("line 1"));
  EXPECT_THAT(whyNot(std::string(2'000, 'x')), HasSubstr("line 1"));
  EXPECT_THAT(whyNot(std::string(2 << 20, '\n')), HasSubstr("more than 1 MiB"));
  EXPECT_EQ(whyNot("secretsecret word").find("secretsecret"), std::string::npos);
}

TEST_F(Tokens, AreRefusedWhereOthersCanReadThem) {
  for (const int mode : {0604, 0644, 0666, 0602}) {
    const std::string path = write(kOne);
    fs::permissions(path, fs::perms(mode));
    const auto file = TokenFile::open(path);
    ASSERT_FALSE(file) << mode;
    EXPECT_EQ(file.error().code, Code::NotPermitted);
    EXPECT_THAT(file.error().line(), HasSubstr("chmod 600 " + path));
    fs::remove(path);
  }
  EXPECT_EQ(TokenFile::open(folder.path().string()).error().code, Code::Usage);
  EXPECT_EQ(TokenFile::open(folder / "none").error().code, Code::NotFound);
}

TEST_F(Tokens, AreReadAgainWhenTheyHaveChanged) {
  std::vector<std::string> problems;
  const std::string path = write(kOne);
  const auto file = TokenFile::open(path, [&](const Error& error) { problems.push_back(error.line()); });
  ASSERT_TRUE(file);
  // As long, and within one tick of the file's time.
  const std::string other(std::string(kOne).size(), 'x');
  write(other);
  EXPECT_TRUE((*file)->accepts(other));
  EXPECT_FALSE((*file)->accepts(kOne));
  fs::remove(path);
  EXPECT_TRUE((*file)->accepts(other)) << "stays";
  EXPECT_TRUE((*file)->accepts(other));
  EXPECT_EQ(problems.size(), 1U) << "once";
  write("short");
  EXPECT_TRUE((*file)->accepts(other));
  EXPECT_EQ(problems.size(), 2U);
  write(kTwo);
  EXPECT_TRUE((*file)->accepts(kTwo));
  fs::permissions(path, fs::perms(0644));
  EXPECT_TRUE((*file)->accepts(kTwo));
  EXPECT_EQ(problems.size(), 3U);
}

}  // namespace
}  // namespace heaptap::rpc
