// SPDX-License-Identifier: Apache-2.0
//
// Keyframes of real programs: `heaptap verify` compares the blocks of each with the events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/recording.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Keyframes : public testing::Test {
 protected:
  /// Two threads that make so many steps each, most of them two events. Returns what verify says.
  std::string verified(const std::string& steps, std::vector<std::string> options = {}) {
    const std::string file = m_folder / "churn.heaptap";
    std::vector<std::string> run{HEAPTAP_COMMAND, "run", "-q", "-o", file};
    run.insert(run.end(), options.begin(), options.end());
    run.insert(run.end(), {"--", recordedProgram("counted_churn"), steps});
    const Outcome recorded = runProcess({.argv = run, .environment = {}, .folder = m_folder.path()});
    EXPECT_EQ(recorded.status, 0) << recorded.err;
    const Outcome outcome = runProcess({.argv = {HEAPTAP_COMMAND, "verify", file}});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    return outcome.out;
  }

  TemporaryFolder m_folder;
};

TEST_F(Keyframes, OfALongRunHaveTheBlocksThatTheEventsLeave) {
  EXPECT_THAT(verified("2000000"), ContainsRegex("events, as counted, with [1-9][0-9]* keyframe"));
}

TEST_F(Keyframes, OfAShortRunAreNotWorthIt) { EXPECT_THAT(verified("1000"), Not(HasSubstr("keyframe"))); }

TEST_F(Keyframes, AreThereWhereTheOldestEventsWereEvicted) {
  const std::string said = verified("4000000", {"--max-file", "8M"});
  EXPECT_THAT(said, ContainsRegex("not stored, so that the numbers cannot be compared"));
}

TEST_F(Keyframes, ThereAreNoneWithoutEvents) {
  EXPECT_THAT(verified("1000000", {"--no-events"}), Not(HasSubstr("keyframe")));
}

}  // namespace
}  // namespace heaptap::test
