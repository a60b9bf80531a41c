// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/message.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

TEST(Printable, NeitherBreaksALineNorTalksToTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\td"), "a\\nb\\x1b[31mc d");
}

}  // namespace
}  // namespace heaptap::cli
