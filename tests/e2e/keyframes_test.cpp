// SPDX-License-Identifier: Apache-2.0
//
// Keyframes of real programs: `heaptap verify` compares the blocks of each with the events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

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

TEST_F(Keyframes, OfASmallFileAreMadeInTime) {
  EXPECT_THAT(verified("1500000", {"--max-file", "2M"}), ContainsRegex("[1-9][0-9]* keyframe"));
  const std::string file = m_folder / "churn.heaptap";
  EXPECT_LE(std::filesystem::file_size(file), 3U << 20);
  const auto asked = [&](std::vector<std::string> words) {
    words.insert(words.begin(), HEAPTAP_COMMAND);
    words.push_back(file);
    const Outcome outcome = runProcess({.argv = words});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.out;
  };
  const auto live = nlohmann::json::parse(asked({"report", "--json"})).at("summary").at("leakedBlocks");
  EXPECT_EQ(nlohmann::json::parse(asked({"blocks", "--at", "end", "--json"})).at("blocks"), live);
  const auto threads = nlohmann::json::parse(asked({"threads", "--from", "1ms", "--json"}));
  const double from = threads.at("fromSeconds");
  EXPECT_GT(from, 0.001);
  EXPECT_THAT(asked({"threads", "--from", "1ms"}),
              HasSubstr("not from 1.00 ms on: the events before are not stored"));
  // What its first line says can be asked for, and has what was asked for before.
  const auto again =
      nlohmann::json::parse(asked({"threads", "--from", std::to_string(from) + "s", "--json"}));
  EXPECT_GE(again.at("cells").at("blocks").size(), 2U);
  const Outcome none =
      runProcess({.argv = {HEAPTAP_COMMAND, "threads", "--from", "1ms", "--to", "2ms", file}});
  EXPECT_EQ(none.status, 3);
  EXPECT_THAT(none.err, ContainsRegex("its events are not stored; those of [0-9.]+ s or later are"));
}

TEST_F(Keyframes, ThereAreNoneWithoutEvents) {
  EXPECT_THAT(verified("1000000", {"--no-events"}), Not(HasSubstr("keyframe")));
}

}  // namespace
}  // namespace heaptap::test
