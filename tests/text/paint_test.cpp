// SPDX-License-Identifier: Apache-2.0
#include "text/paint.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(Paint, LeavesTextsAsTheyAreUnlessATerminalIsMeant) {
  for (const Tone tone : {Tone::Plain, Tone::Strong, Tone::Good, Tone::Warning, Tone::Bad, Tone::Quiet})
    EXPECT_EQ(Paint()(tone, "text\n"), "text\n");
}

TEST(Paint, EndsEachToneWithinItsLine) {
  const Paint paint = Paint::forTerminal();
  EXPECT_EQ(paint(Tone::Strong, "text\n"), "\033[1mtext\033[0m\n");
  EXPECT_EQ(paint(Tone::Plain, "text"), "text");
  EXPECT_EQ(paint(Tone::Bad, ""), "");
}

}  // namespace
}  // namespace heaptap
