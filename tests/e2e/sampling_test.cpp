// SPDX-License-Identifier: Apache-2.0
//
// Sampled recordings of programs that say what they really did.
#include <gmock/gmock.h>

#include <cmath>
#include <set>
#include <sstream>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// An honest estimate is further off than this once in a billion runs.
constexpr double kSigmas = 6;

struct Truth {
  explicit Truth(const std::string& line) {
    std::istringstream(line) >> allocations >> bytes >> frees >> keptBlocks >> keptBytes;
  }
  std::int64_t allocations = 0, bytes = 0, frees = 0, keptBlocks = 0, keptBytes = 0;
};

Recording sampled(const std::vector<std::string>& argv, const std::string& interval) {
  return Recording(argv, {}, {}, {"--sample", interval});
}

void expectNear(double estimate, double truth, double error, const char* what) {
  EXPECT_NEAR(estimate, truth, kSigmas * error + 1) << what;
}

/// The kept blocks' site, and the summary, against what the program says.
void expectHonest(const Recording& recording, const Truth& truth, std::int64_t others) {
  // One for the main thread, one for all others. Independent errors add up by their squares.
  double bytes = 0, blocks = 0, bytesVariance = 0, blocksVariance = 0;
  for (const json& site : recording.sitesIn("keep")) {
    const json& errors = site.at("errors");
    bytes += site.at("bytes").get<double>();
    blocks += site.at("blocks").get<double>();
    bytesVariance += std::pow(errors.at("bytes").get<double>(), 2);
    blocksVariance += std::pow(errors.at("blocks").get<double>(), 2);
  }
  EXPECT_GT(bytesVariance, 0);
  expectNear(bytes, static_cast<double>(truth.keptBytes), std::sqrt(bytesVariance), "bytes");
  expectNear(blocks, static_cast<double>(truth.keptBlocks), std::sqrt(blocksVariance), "blocks");
  EXPECT_GE(recording["allocations"], truth.allocations);
  EXPECT_LE(recording["allocations"], truth.allocations + others) << "exact, but for what the runtime does";
  EXPECT_GE(recording["frees"], truth.frees);
  EXPECT_LE(recording["frees"], truth.frees + others);
}

TEST(Sampling, CountsAreExactAndEstimatesHonest) {
  const Recording recording = sampled({recordedProgram("samples")}, "8KiB");
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  const Truth truth(recording.outcome().out);
  const json& sampling = recording.report().at("summary").at("sampling");
  EXPECT_EQ(sampling.at("intervalBytes"), 8192);
  EXPECT_GT(sampling.at("samples"), 1000);
  EXPECT_LT(sampling.at("samples"), truth.allocations / 2);
  // The same program without sampling does what the C++ runtime and stdio do, too.
  const Recording whole({recordedProgram("samples")});
  EXPECT_EQ(recording["allocations"], whole["allocations"]);
  EXPECT_EQ(recording["frees"], whole["frees"]);
  EXPECT_EQ(recording["allocatedBytes"], whole["allocatedBytes"]);
  expectNear(static_cast<double>(recording["leakedBytes"]), static_cast<double>(whole["leakedBytes"]),
             sampling.at("leakedBytesError"), "leaked bytes");
  expectNear(static_cast<double>(recording["leakedBlocks"]), static_cast<double>(whole["leakedBlocks"]),
             sampling.at("leakedBlocksError"), "leaked blocks");
  expectNear(static_cast<double>(recording["temporaryAllocations"]),
             static_cast<double>(whole["temporaryAllocations"]), sampling.at("temporaryAllocationsError"),
             "temporaries");
  // The largest of many estimates is rather too large than too small.
  expectNear(static_cast<double>(recording["peakBytes"]), static_cast<double>(whole["peakBytes"]),
             2 * sampling.at("peakBytesError").get<double>(), "peak");
  EXPECT_EQ(recording["unmatchedFrees"], 0);
  EXPECT_EQ(recording["droppedEvents"], 0);
  expectHonest(recording, truth, whole["allocations"] - truth.allocations);
}

TEST(Sampling, OfManyThreads) {
  const Recording recording = sampled({recordedProgram("samples"), "6"}, "16KiB");
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  expectHonest(recording, Truth(recording.outcome().out), 100);
}

TEST(Sampling, OneByteApartEveryLargerBlockIsRecorded) {
  const Recording recording = sampled({recordedProgram("known_heap")}, "1");
  const Recording whole({recordedProgram("known_heap")});
  for (const char* number : {"allocations", "frees", "allocatedBytes", "leakedBytes", "leakedBlocks",
                             "temporaryAllocations", "peakBytes"})
    EXPECT_EQ(recording[number], whole[number]) << number;
  EXPECT_EQ(recording.siteIn("shop::leakTen").at("blocks"), 10);
}

/// A program whose entry points call one another: what the outer one answers for is not counted again.
class LayeredSampling : public testing::TestWithParam<const char*> {};

TEST_P(LayeredSampling, IsCountedOnce) {
  const Recording whole({recordedProgram(GetParam())});
  for (const char* interval : {"1", "64KiB"}) {
    const Recording recording = sampled({recordedProgram(GetParam())}, interval);
    EXPECT_EQ(recording.outcome().out, whole.outcome().out);
    for (const char* number : {"allocations", "frees", "allocatedBytes"})
      EXPECT_EQ(recording[number], whole[number]) << number << " at " << interval;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, LayeredSampling,
                         testing::Values("operators", "operators_of_a_library", "layered_entry_points"),
                         [](const auto& program) { return std::string(program.param); });

TEST(Sampling, KnowsWhatItCosts) {
  const Recording recording = sampled({recordedProgram("samples")}, "64KiB");
  const json& cost = recording.report().at("summary").at("ownCost").at("agentCpuSeconds");
  ASSERT_TRUE(cost.is_number());
  EXPECT_GT(cost.get<double>(), 0);
  EXPECT_LT(cost.get<double>(), recording.report().at("summary").at("durationSeconds").get<double>());
}

TEST(Sampling, AForkedChildIsSampledOnItsOwnAndKnowsWhatItInherited) {
  const Recording recording = sampled({recordedProgram("families"), "setsid"}, "1");
  const Recording whole({recordedProgram("families"), "setsid"});
  const auto reports = reportsIn(recording.folder());
  const auto wholes = reportsIn(whole.folder());
  ASSERT_EQ(reports.size(), wholes.size());
  ASSERT_GE(reports.size(), 2U);
  std::multiset<std::int64_t> leaked, wholeLeaked, inherited, wholeInherited;
  for (const Report& report : reports) {
    leaked.insert(report["leakedBytes"]);
    inherited.insert(report["inheritedBlocks"]);
  }
  for (const Report& report : wholes) {
    wholeLeaked.insert(report["leakedBytes"]);
    wholeInherited.insert(report["inheritedBlocks"]);
  }
  EXPECT_EQ(leaked, wholeLeaked);
  EXPECT_EQ(inherited, wholeInherited);
}

TEST(Sampling, WrongFreesOfSampledBlocksAreFoundWithBothStacks) {
  const Recording recording = sampled({recordedProgram("wrong_uses")}, "1");
  bool mismatch = false;
  for (const json& finding : recording.report().at("findings")) {
    if (finding.at("kind") != "mismatchedFree") continue;
    mismatch = true;
    EXPECT_FALSE(finding.at("freeStack").is_null());
    EXPECT_FALSE(finding.at("allocationStack").is_null());
  }
  EXPECT_TRUE(mismatch) << recording.report().at("findings").dump(1);
}

TEST(Sampling, ListsOfBlocksSayWhatIsRecordedAndWhatIsEstimated) {
  const Recording recording = sampled({recordedProgram("samples")}, "8KiB");
  const auto asked = [&](std::vector<std::string> argv) {
    argv.insert(argv.begin(), HEAPTAP_COMMAND);
    const Outcome outcome = runProcess({.argv = argv});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.out;
  };
  const std::string file = (recording.folder() / "recording.heaptap").string();
  const json blocks = json::parse(asked({"blocks", file, "--json", "--top", "7"}));
  const json then = json::parse(asked({"report", file, "--json", "--at", "end"})).at("instant");
  EXPECT_EQ(blocks.at("blocks"), then.at("liveBlocks"));
  EXPECT_EQ(blocks.at("bytes"), then.at("liveBytes"));
  EXPECT_EQ(blocks.at("bytesError"), then.at("liveBytesError"));
  EXPECT_GT(blocks.at("blocksError"), 0);
  EXPECT_LT(blocks.at("recordedBlocks"), blocks.at("blocks"));
  EXPECT_THAT(asked({"blocks", file, "--top", "1"}), AllOf(HasSubstr(" ± "), HasSubstr("estimated from ")));
  const json sums =
      json::parse(asked({"query", file, "-f", "json",
                         "SELECT count(*) AS recorded, round(sum(weight)) AS stands FROM blocks_at"}));
  EXPECT_EQ(sums[0].at("recorded"), blocks.at("recordedBlocks"));
  EXPECT_EQ(sums[0].at("stands").get<double>(), blocks.at("blocks").get<double>());
}

TEST(Sampling, TheReportSaysWhatIsAnEstimate) {
  const Recording recording = sampled({recordedProgram("samples")}, "64KiB");
  EXPECT_THAT(recording.report().at("summary").at("notes").dump(), testing::HasSubstr("estimate"));
}

}  // namespace
}  // namespace heaptap::test
