// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/message.h"
#include "cli/text/summary_words.h"

namespace heaptap::cli {
namespace {

TEST(Padded, ColumnsAreCodePoints) {
  EXPECT_EQ(padded("é", 3), "é  ");
  EXPECT_EQ(paddedLeft("é", 3), "  é");
}

TEST(Printable, NeitherBreaksALineNorTalksToTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\td"), "a\\nb\\x1b[31mc d");
}

}  // namespace
}  // namespace heaptap::cli
