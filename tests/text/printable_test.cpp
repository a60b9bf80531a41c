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

}  // namespace
}  // namespace heaptap
