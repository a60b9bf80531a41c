// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/message.h"
#include "cli/text/shell_word.h"
#include "cli/text/summary_words.h"
#include "cli/text/utf8.h"

namespace heaptap::cli {
namespace {

TEST(Utf8, ValidTextStays) { EXPECT_EQ(validUtf8("aé€😀"), "aé€😀"); }

TEST(Utf8, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(validUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(validUtf8("\xC3"), "\xEF\xBF\xBD") << "cut short";
  EXPECT_EQ(validUtf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(validUtf8("\xED\xA0\x80").find("\xED"), std::string::npos) << "surrogate";
}

TEST(Utf8, ColumnsAreCodePoints) {
  EXPECT_EQ(width("aé€😀"), 4U);
  EXPECT_EQ(firstColumns("aé€😀", 2), "aé");
  EXPECT_EQ(padded("é", 3), "é  ");
  EXPECT_EQ(paddedLeft("é", 3), "  é");
}

TEST(Printable, NeitherBreaksALineNorTalksToTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\td"), "a\\nb\\x1b[31mc d");
}

TEST(ShellWord, IsQuotedOnlyWhenItMustBe) {
  EXPECT_EQ(shellWord("jq.4711.heaptap"), "jq.4711.heaptap");
  EXPECT_EQ(shellWord("a b"), "'a b'");
  EXPECT_EQ(shellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(shellWord(""), "''");
  EXPECT_EQ(shellLine({"jq", ".", "big file"}), "jq . 'big file'");
}

}  // namespace
}  // namespace heaptap::cli
