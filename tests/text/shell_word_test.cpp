// SPDX-License-Identifier: Apache-2.0
#include "text/shell_word.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(ShellWord, IsQuotedOnlyWhenItMustBe) {
  EXPECT_EQ(shellWord("jq.4711.heaptap"), "jq.4711.heaptap");
  EXPECT_EQ(shellWord("a b"), "'a b'");
  EXPECT_EQ(shellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(shellWord(""), "''");
  // What cannot be shown can still be pasted.
  EXPECT_EQ(shellWord("a\nb"), "$'a\\nb'");
  EXPECT_EQ(shellWord("caf\xC3\xA9 \xE9"), "$'caf\xC3\xA9 \\351'");
  EXPECT_EQ(shellWord("it's \x1B[1m\\"), "$'it\\'s \\033[1m\\\\'");
  EXPECT_EQ(shellLine({"jq", ".", "big file"}), "jq . 'big file'");
}

}  // namespace
}  // namespace heaptap
