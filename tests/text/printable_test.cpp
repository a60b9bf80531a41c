// SPDX-License-Identifier: Apache-2.0
#include "text/printable.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(Printable, NeitherBreaksALineNorTalksToTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\td"), "a\\nb\\x1b[31mc d");
}

}  // namespace
}  // namespace heaptap
