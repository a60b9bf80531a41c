// SPDX-License-Identifier: Apache-2.0
//
// `heaptap run --no-events`: the numbers of a recording with events, in a file that has none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/daemon.h"
#include "tests/e2e/own_counts.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Program {
  const char* name;
  std::vector<std::string> command;
  std::vector<std::string> options;
};

Recording record(const Program& program, const std::vector<std::string>& more = {}) {
  std::vector<std::string> argv = program.command;
  argv[0] = recordedProgram(argv[0]);
  std::vector<std::string> options = program.options;
  options.insert(options.end(), more.begin(), more.end());
  return Recording(argv, {}, {}, options);
}

void removeWhatVaries(json& value) {
  if (value.is_object()) {
    value.erase("address");
    value.erase("peakAtSeconds");
  }
  if (!value.is_structured()) return;
  for (json& element : value) removeWhatVaries(element);
}

/// What does not depend on the moment at which the program was run, and where it lay.
json numbersIn(const json& report) {
  json numbers;
  for (const char* const name : {"allocations", "frees", "allocatedBytes", "leakedBlocks", "leakedBytes",
                                 "peakBytes", "temporaryAllocations", "unmatchedFrees", "findings",
                                 "wrongUses", "droppedEvents", "threads", "heaps"})
    numbers[name] = report.at("summary").value(name, json());
  numbers["sites"] = report.at("sites");
  numbers["heapSites"] = report.value("heapSites", json::array());
  removeWhatVaries(numbers);
  // Sites of equal weight come in no order.
  for (const char* const sites : {"sites", "heapSites"})
    std::sort(numbers[sites].begin(), numbers[sites].end());
  return numbers;
}

class NumbersOf : public testing::TestWithParam<Program> {};

TEST_P(NumbersOf, AreThoseOfARecordingWithEvents) {
  const Recording with = record(GetParam());
  const Recording without = record(GetParam(), {"--no-events"});
  EXPECT_EQ(without.outcome().status, with.outcome().status) << without.outcome().err;
  EXPECT_EQ(numbersIn(without.report()), numbersIn(with.report()));
  EXPECT_GT(without["allocations"], 0);
  EXPECT_EQ(without["eventsNotStored"], 0) << "none was to be";
}

INSTANTIATE_TEST_SUITE_P(NoEvents, NumbersOf,
                         testing::Values(Program{"ofAKnownHeap", {"known_heap"}, {}},
                                         Program{"ofReallocations", {"reallocations"}, {}},
                                         Program{"ofWrongUses", {"wrong_uses"}, {"--free-stacks"}},
                                         Program{"ofMappings", {"heaps", "mappings"}, {"--mmap"}},
                                         Program{"ofAPool", {"heaps", "pool"}, {}},
                                         Program{"ofAKill", {"ends", "kill"}, {}}),
                         [](const auto& program) { return program.param.name; });

TEST(NoEvents, ThreadsAreCountedExactly) {
  const Recording recording({recordedProgram("counted_churn")}, {}, {}, {"--no-events"});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  expectConservation(recording.report());
  expectOwnCounts(recording.report(), ownCounts(recording.outcome().out));
}

/// More than one keyframe's worth of events, of a relay that has not been told what the daemon wants.
TEST(NoEvents, ADaemonThatKeepsNoneTakesLongRuns) {
  Daemon daemon({"--no-events"});
  daemon.start();
  const Outcome outcome = runProcess(daemon.recording({recordedProgram("counted_churn"), "2000000"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  const auto report = daemon.finalReport(*sessions.begin());
  expectConservation(report);
  expectOwnCounts(report, ownCounts(outcome.out));
  EXPECT_EQ(report.at("summary").at("withoutEvents"), true);
  EXPECT_EQ(daemon.stop().status, 0);
}

TEST(NoEvents, SamplesAreEstimatedAsEver) {
  const Recording recording({recordedProgram("samples")}, {}, {}, {"--no-events", "--sample", "8KiB"});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_GT(recording.report().at("summary").at("sampling").value("samples", 0), 0);
}

TEST(NoEvents, TheReportSaysWhatCannotBeAsked) {
  const Recording recording({recordedProgram("known_heap")}, {}, {}, {"--no-events"});
  EXPECT_EQ(recording.report().at("summary").at("withoutEvents"), true);
  const auto notes = recording.report().at("summary").at("notes").get<std::vector<std::string>>();
  EXPECT_THAT(notes, testing::ElementsAre(AllOf(HasSubstr("--no-events"), HasSubstr("history of a leak"))));
  const std::string file = recording.folder() / "recording.heaptap";
  const Outcome leaks = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--leaks", file}});
  EXPECT_EQ(leaks.status, 0) << leaks.err;
  EXPECT_THAT(leaks.out, HasSubstr("shop::leakTen"));
  EXPECT_THAT(leaks.out, HasSubstr("--no-events"));
  const Outcome verified = runProcess({.argv = {HEAPTAP_COMMAND, "verify", file}});
  EXPECT_EQ(verified.status, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("recorded without events (--no-events): its numbers agree"));
}

TEST(NoEvents, TheFileStaysSmall) {
  const auto sizeOf = [](const std::vector<std::string>& options) {
    const Recording recording({recordedProgram("counted_churn"), "300000"}, {}, {}, options);
    EXPECT_GT(recording["allocations"], 100'000);
    return std::filesystem::file_size(recording.folder() / "recording.heaptap");
  };
  EXPECT_LT(2 * sizeOf({"--no-events"}), sizeOf({}));
}

TEST(NoEvents, ADaemonMayDecideSo) {
  Daemon daemon({"--no-events"});
  const Outcome run = runProcess(daemon.recording({recordedProgram("known_heap")}));
  EXPECT_EQ(run.status, 0) << run.err;
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  const json report = daemon.finalReport(*sessions.begin());
  EXPECT_EQ(report.at("summary").at("withoutEvents"), true);
  EXPECT_EQ(numbersIn(report), numbersIn(record({"", {"known_heap"}, {}}).report()));
  EXPECT_EQ(daemon.stop().status, 0);
}

TEST(NoEvents, WhatIsRecoveredHasTheNumbersOfTheBuffer) {
  const TemporaryFolder folder;
  const std::string buffer = folder / "app.buffer";
  ASSERT_EQ(runProcess({.argv = {recordedProgram("known_heap")},
                        .environment = {{"LD_PRELOAD", HEAPTAP_PRELOAD},
                                        {"HEAPTAP_BUFFER", buffer},
                                        {"HEAPTAP_RELAY", std::nullopt}}})
                .status,
            0);
  const auto recovered = [&](const std::string& name, const std::vector<std::string>& options) {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "recover", "-q", buffer, "-o", folder / name};
    argv.insert(argv.end(), options.begin(), options.end());
    const Outcome outcome = runProcess({.argv = argv});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return Report(folder / name).report();
  };
  const json without = recovered("without.heaptap", {"--no-events"});
  EXPECT_EQ(numbersIn(without), numbersIn(recovered("with.heaptap", {})));
  EXPECT_EQ(without.at("summary").at("withoutEvents"), true);
}

}  // namespace
}  // namespace heaptap::test
