// SPDX-License-Identifier: Apache-2.0
#include "text/printable.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(Printable, NeitherBreaksALineNorTalksToTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\td"), "a\\nb\\x1b[31mc d");
  // U+009B, with which a sequence begins too; what follows these is text.
  EXPECT_EQ(printable("a\xC2\x9B"
                      "31m\xC2\xA0"),
            "a\\u009b31m\xC2\xA0");
}

TEST(Printable, ShowsNoNameAsAnother) {
  EXPECT_EQ(printable("a\xE2\x80\xAEgpj.exe"), "a\\u202egpj.exe");
  EXPECT_EQ(printable("\xE2\x81\xA6x\xE2\x81\xA9"), "\\u2066x\\u2069");
  EXPECT_EQ(printable("a\xE2\x80\xA8\x62\xEF\xBB\xBF"), "a\\u2028b\\ufeff");
  EXPECT_EQ(printable("\xD8\x9C"), "\\u061c");
  // What letters are joined by, and what is near: it is text.
  const char* const text = "\xE2\x80\x8D \xE2\x80\xA6 \xD8\xA7 \xEF\xBB\xBC";
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, OnlyWhatIsInvisibleIsShownByItsCode) {
  EXPECT_EQ(withoutInvisible("a\xE2\x80\xAEgpj.exe\n\xC3\xA4\xE2\x82\xAC"),
            "a\\u202egpj.exe\n\xC3\xA4\xE2\x82\xAC");
  EXPECT_EQ(withoutInvisible("\xE2"), "\xE2") << "half a character is none of them";
  EXPECT_EQ(withoutInvisible(""), "");
}

}  // namespace
}  // namespace heaptap
