// SPDX-License-Identifier: Apache-2.0
//
// `heaptap diff` over real programs in builds that differ.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/gate/session_files.h"

namespace heaptap {
namespace {

using test::gatedProgram;
using test::Outcome;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

/// By the innermost function of a site: what it has changed by.
std::map<std::string, std::int64_t> changesBySite(const nlohmann::json& diff) {
  std::map<std::string, std::int64_t> changes;
  const auto& sites = diff["sites"];
  for (std::size_t i = 0; i < sites["stack"].size(); ++i) {
    const auto& stack = sites["stack"][i];
    const auto& name = stack.is_null()
                           ? nlohmann::json()
                           : diff["functions"]["name"]
                                 [diff["stacks"]["function"][stack.get<std::size_t>()].get<std::size_t>()];
    changes[name.is_null() ? "?" : name.get<std::string>()] += sites["change"][i].get<std::int64_t>();
  }
  return changes;
}

std::int64_t sumOf(const nlohmann::json& column) {
  std::int64_t sum = 0;
  for (const auto& value : column) sum += value.get<std::int64_t>();
  return sum;
}

class Diff : public testing::Test {
 protected:
  std::string record(const std::string& program, const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> command{gatedProgram(program)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return sessions.record(program + std::to_string(m_recorded++), command);
  }
  test::SessionFiles sessions;

 private:
  int m_recorded = 0;
};

TEST_F(Diff, TheSameSourceInOtherBuildsHasNoDifference) {
  for (const std::string compiler : {"gcc", "clang"}) {
    if (!test::isBuilt(compiler)) continue;
    const std::string plain = record("grows_" + compiler + "_O0");
    std::vector<std::string> others{"grows_" + compiler + "_O2", "grows_" + compiler + "_noinfo"};
    if (compiler == "gcc") others.emplace_back("grows_gcc_lto");
    for (const std::string& other : others)
      for (const std::string cost : {"leaked", "allocations", "bytes", "peak"}) {
        const auto diff = sessions.json({"diff", "--json", "--cost", cost, plain, record(other)});
        EXPECT_THAT(changesBySite(diff), IsEmpty()) << other << " " << cost;
        EXPECT_EQ(diff["total"]["change"], 0) << other << " " << cost;
      }
  }
}

TEST_F(Diff, BuildsOfTwoCompilersAreCompared) {
  if (!test::isBuilt("clang")) return;
  const auto diff = sessions.json({"diff", "--json", record("grows_gcc_O0"), record("grows_clang_O2")});
  EXPECT_THAT(changesBySite(diff), IsEmpty());
}

TEST_F(Diff, WhatANewerVersionLeaksIsFoundWhereverLinesAndCodeHaveMoved) {
  for (const std::string compiler : {"gcc", "clang"}) {
    if (!test::isBuilt(compiler)) continue;
    const std::string before = record("grows_" + compiler + "_O0");
    const std::string after = record("grows_" + compiler + "_newer");
    const auto diff = sessions.json({"diff", "--json", before, after});
    const auto changes = changesBySite(diff);
    EXPECT_EQ(changes.size(), 3U);
    std::map<std::string, std::int64_t> spoken;  // Inlined functions have no parameters in their names.
    for (const auto& [name, change] : changes) spoken[name.substr(0, name.find('('))] = change;
    EXPECT_THAT(spoken, AllOf(Contains(Pair("remember", 5000)), Contains(Pair("parse", 200)),
                              Contains(Pair("main::{lambda}::operator", 1))))
        << compiler;
    // The largest regression first, and what is new is said to be.
    EXPECT_EQ(diff["sites"]["verdict"][0], "new");
    EXPECT_EQ(diff["sites"]["change"][0], 5000);
    EXPECT_EQ(diff["sites"]["verdict"][1], "grew");
    EXPECT_EQ(sumOf(diff["sites"]["change"]), diff["total"]["change"]);
    EXPECT_EQ(sumOf(diff["byFunction"]["change"]), diff["total"]["change"]);
    EXPECT_EQ(diff["total"]["change"], 5201);
  }
}

TEST_F(Diff, EveryCostAddsUpToTheDifferenceOfTheSummaries) {
  const std::string before = record("grows_gcc_O2", {"10"});
  const std::string after = record("grows_gcc_newer", {"1000"});
  const auto reportBefore = sessions.json({"report", "--json", before})["summary"];
  const auto reportAfter = sessions.json({"report", "--json", after})["summary"];
  const std::map<std::string, std::string> keys{{"leaked", "leakedBytes"},
                                                {"live", "leakedBytes"},
                                                {"blocks", "leakedBlocks"},
                                                {"peak", "peakBytes"},
                                                {"allocations", "allocations"},
                                                {"bytes", "allocatedBytes"},
                                                {"temporary", "temporaryAllocations"}};
  for (const auto& [cost, key] : keys) {
    ASSERT_TRUE(reportAfter.contains(key)) << reportAfter;
    const auto diff = sessions.json({"diff", "--json", "--cost", cost, before, after});
    const std::int64_t expected =
        reportAfter[key].get<std::int64_t>() - reportBefore[key].get<std::int64_t>();
    EXPECT_EQ(diff["total"]["change"], expected) << cost;
    EXPECT_EQ(sumOf(diff["sites"]["change"]), expected) << cost;
    EXPECT_EQ(sumOf(diff["byFunction"]["change"]), expected) << cost;
    EXPECT_EQ(diff["summary"][cost]["change"], expected) << cost;
  }
}

TEST_F(Diff, WhatVariesAmongRunsIsNoise) {
  std::vector<std::string> arguments{"diff", "--json", "--cost", "allocations", "--before"};
  for (const char* times : {"10", "400", "200"}) arguments.push_back(record("grows_gcc_O2", {times}));
  arguments.emplace_back("--after");
  for (const char* times : {"300", "90", "500"}) arguments.push_back(record("grows_gcc_newer", {times}));
  const auto diff = sessions.json(arguments);
  std::map<std::string, std::string> verdicts;
  for (std::size_t i = 0; i < diff["sites"]["stack"].size(); ++i) {
    const auto function =
        diff["stacks"]["function"][diff["sites"]["stack"][i].get<std::size_t>()].get<std::size_t>();
    const std::string name = diff["functions"]["name"][function].get<std::string>();
    verdicts[name.substr(0, name.find('('))] = diff["sites"]["verdict"][i].get<std::string>();
  }
  EXPECT_THAT(verdicts,
              UnorderedElementsAre(Pair("remember", "new"), Pair("parse", "grew"), Pair("churn", "noise"),
                                   Pair("main::{lambda}::operator", "grew")));
  EXPECT_EQ(diff["sites"]["runs"][0].size(), 6U);
}

TEST_F(Diff, TheTextSaysWhatIsWorseFirst) {
  const Outcome outcome = sessions.heaptap({"diff", record("grows_gcc_O2"), record("grows_gcc_newer")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("BY FUNCTION"));
  EXPECT_THAT(outcome.out, HasSubstr("#1  +4.88 KiB  from 0 B to 4.88 KiB  [new]"));
  EXPECT_THAT(outcome.out, HasSubstr("#2  +200 B (+66.7 %)  from 300 B to 500 B"));
  EXPECT_LT(outcome.out.find("remember"), outcome.out.find("parse"));
}

TEST_F(Diff, TheTextFoldsStacksAsReportsDo) {
  const std::string before = record("descends", {"100"});
  const std::string after = record("descends", {"300"});
  const auto count = [](const std::string& text, const std::string& word) {
    std::size_t times = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
    return times;
  };
  const std::string folded = sessions.heaptap({"diff", "--by", "site", before, after}).out;
  EXPECT_THAT(folded, AllOf(HasSubstr("#1  +200 B"), HasSubstr("… 28 frames (--all-frames shows them)"),
                            HasSubstr("main"), Not(HasSubstr("_start"))));
  EXPECT_EQ(count(folded, "descends.cpp:"), 14U);
  const std::string whole = sessions.heaptap({"diff", "--by", "site", "--all-frames", before, after}).out;
  EXPECT_THAT(whole, AllOf(HasSubstr("_start"), Not(HasSubstr("…"))));
  EXPECT_EQ(count(whole, "descends.cpp:"), 42U);
  // So has the report.
  EXPECT_THAT(sessions.heaptap({"report", "--leaks", after}).out, HasSubstr("… 28 frames (--all-frames"));
  EXPECT_THAT(sessions.heaptap({"report", "--leaks", "--all-frames", after}).out, Not(HasSubstr("…")));
}

TEST_F(Diff, OfASessionWithItselfThereIsNone) {
  const std::string session = record("grows_gcc_O2");
  const Outcome outcome = sessions.heaptap({"diff", session, session});
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("no function differs"), HasSubstr("no site differs"), Not(HasSubstr("note"))));
}

TEST_F(Diff, OtherProgramsAndSamplesAreSaid) {
  const std::string exact = record("grows_gcc_O2");
  const std::string other = sessions.record("sampled", {"/bin/ls", "/usr/lib"}, {"--sample", "512"});
  const auto diff = sessions.json({"diff", "--json", exact, other});
  EXPECT_THAT(diff["notes"].dump(), AllOf(HasSubstr("different names: grows_gcc_O2 before, ls after"),
                                          HasSubstr("one side is sampled")));
}

TEST_F(Diff, SnapshotsOfOneSessionAreMomentsToCompare) {
  const std::string session =
      sessions.record("obeys", {std::string(RECORDED_PROGRAMS) + "/obeys"}, {},
                      "allocate 10\nsnapshot first\nmore 5\nsnapshot second\nallocate 3\n");
  const auto changes = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"diff", "--json", "--cost", "live"});
    return sessions.json(arguments);
  };
  const auto between = changes({session, "--snapshot", "first", "--snapshot", "second"});
  EXPECT_EQ(sumOf(between["sites"]["change"]), 500);
  EXPECT_EQ(between["total"]["change"], 500);
  EXPECT_EQ(sumOf(changes({session, "--snapshot", "second"})["sites"]["change"]), 120);
  EXPECT_EQ(sumOf(changes({session, session, "--snapshot", "first"})["sites"]["change"]), 0);
  EXPECT_EQ(
      sumOf(changes({session, session, "--snapshot", "second", "--snapshot", "first"})["sites"]["change"]),
      -500);
}

TEST_F(Diff, HeapsThatTheProgramHasNamedAreCompared) {
  const std::string session = sessions.record("heaps", {std::string(RECORDED_PROGRAMS) + "/heaps", "pool"});
  const auto heaps = sessions.json({"report", "--json", session})["summary"]["heaps"];
  ASSERT_FALSE(heaps.empty());
  const std::string name = heaps[0]["name"].get<std::string>();
  const auto diff = sessions.json({"diff", "--json", "--heap", name, "--cost", "bytes", session, session});
  EXPECT_EQ(diff["total"]["before"], heaps[0]["allocatedBytes"]);
  EXPECT_EQ(diff["sumOfSites"]["before"], heaps[0]["allocatedBytes"]);
}

TEST_F(Diff, WrongUsesAreOneLineWithARemedy) {
  const std::string session = record("grows_gcc_O2");
  const std::vector<std::pair<std::vector<std::string>, int>> uses{
      {{"diff"}, 2},
      {{"diff", session}, 2},
      {{"diff", session, session, session}, 2},
      {{"diff", "--before", session}, 2},
      {{"diff", "--cost", "weight", session, session}, 2},
      {{"diff", "--by", "line", session, session}, 2},
      {{"diff", "--heap", "arena", session, session}, 3},
      {{"diff", session, "missing.heaptap"}, 3},
      {{"diff", session, gatedProgram("grows_gcc_O2")}, 4},
      {{"diff", "--snapshot", "none", session}, 3},
  };
  for (const auto& [arguments, status] : uses) {
    const Outcome outcome = sessions.heaptap(arguments);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_THAT(outcome.err, testing::StartsWith("heaptap: "));
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

}  // namespace
}  // namespace heaptap
