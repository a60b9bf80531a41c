// SPDX-License-Identifier: Apache-2.0
//
// What a program hears of its spans, by heaptap.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/listeners/listened.h"

namespace heaptap {
namespace {

using testing::HasSubstr;

const std::string kProgram = std::string(LISTENED_PROGRAMS) + "/spans";

TEST(Spans, TellWhatIsLiveAndWhatOfThatIsLost) {
  const test::Listened listened;
  const auto outcome = listened.run({kProgram});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(
      outcome.out,
      "begun\n"
      "inner: known, 30 bytes in 1 blocks\n"
      "inner again: known, 30 bytes in 1 blocks\n"
      "inner, live: known, 230 bytes in 2 blocks\n"
      "outer: known, 30 bytes in 1 blocks\n"
      "outer, live: known, 1230 bytes in 3 blocks\n"
      "outer, after a pointer is gone: known, 230 bytes in 2 blocks\n"
      "one that never was: unknown, 0 bytes in 0 blocks: the span is not known: another process has begun "
      "it, or too many have begun since\n"
      "none: unrecorded, 0 bytes in 0 blocks\n"
      "in a child, its parent's: unknown, 0 bytes in 0 blocks: the span is not known: another process has "
      "begun it, or too many have begun since\n"
      "in a child, its own: known, 5 bytes in 1 blocks\n"
      "threads: 160 of 160 answers\n");
}

TEST(Spans, AreUnrecordedWithoutHeaptap) {
  const test::Listened listened;
  const auto outcome = listened.runPlain({kProgram});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("outer, live: unrecorded, 0 bytes in 0 blocks\n"));
  EXPECT_THAT(outcome.out, HasSubstr("threads: 0 of 160 answers\n"));
}

TEST(Spans, AreUnknownWhereThereIsNoRelay) {
  const test::Listened listened;
  const std::string preload = std::string(HEAPTAP_PRELOAD);
  const auto outcome = listened.runPlain(
      {kProgram}, {{"LD_PRELOAD", preload}, {"HEAPTAP_BUFFER", (listened.folder() / "events").string()}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("inner: unknown, 0 bytes in 0 blocks: there is no relay to ask"));
}

}  // namespace
}  // namespace heaptap
