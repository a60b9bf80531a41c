// SPDX-License-Identifier: Apache-2.0
//
// Runs of many programs: which of them are recorded, which sessions are kept, and what is said of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

/// A folder in which runs leave their files.
class Selection : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> options, const std::vector<std::string>& command) const {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "run"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.emplace_back("--");
    argv.insert(argv.end(), command.begin(), command.end());
    return runProcess({.argv = argv, .folder = m_folder.path()});
  }
  Outcome runScript(std::vector<std::string> options, const std::string& script) const {
    return run(std::move(options), {"/bin/sh", "-c", script + "\ntrue"});
  }

  [[nodiscard]] std::vector<std::string> recorded() const {
    std::vector<std::string> names;
    for (const Report& report : reportsIn(m_folder.path())) names.push_back(nameIn(report));
    return names;
  }
  static std::string nameIn(const Report& report) {
    return fs::path(report.report().at("summary").at("command").at(0).get<std::string>()).filename();
  }

  TemporaryFolder m_folder;
  const std::string m_known = recordedProgram("known_heap");
  const std::string m_small = recordedProgram("does_nothing");
};

// ---- run --only ---------------------------------------------------------------------------------------

TEST_F(Selection, OnlyProgramsOfTheNameAreRecorded) {
  const Outcome outcome =
      runScript({"--only", "known_heap", "-o", "first.heaptap"}, m_small + "\n" + m_known + "\n" + m_known);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(recorded(), UnorderedElementsAre("known_heap", "known_heap"));
  const Report first(m_folder / "first.heaptap");
  first.expectConservation();
  EXPECT_EQ(first.siteIn("leakTen").value("blocks", 0), 10);
  // The numbers are of a program that COMMAND has started, and it is said of which.
  EXPECT_THAT(outcome.err, HasSubstr("known_heap (pid "));
  EXPECT_THAT(outcome.err, HasSubstr("), which it started\n"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("warning")));
}

TEST_F(Selection, AProgramHasTheNameThatItWasCalledBy) {
  for (const char* name : {"renamed", "known_heap"}) {
    const Outcome outcome = run({"--only", name, "-o", std::string(name) + ".heaptap"},
                                {"bash", "-c", "exec -a /not/there/renamed " + m_known});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(Report(m_folder / (std::string(name) + ".heaptap")).siteIn("leakTen").value("blocks", 0), 10);
  }
  EXPECT_THAT(recorded(), UnorderedElementsAre("renamed", "renamed"));
}

TEST_F(Selection, AFileThatIsRemovedKeepsItsName) {
  fs::copy_file("/bin/sh", m_folder / "short-lived");
  const Outcome outcome = runScript({"--only", "short-lived", "-o", "first.heaptap"},
                                    "./short-lived -c 'rm short-lived; exec -a other sh -c :; :'");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(recorded(), UnorderedElementsAre("short-lived"));
}

TEST_F(Selection, TheTreeGoesOnBelowProgramsThatAreNotRecorded) {
  fs::copy_file("/bin/sh", m_folder / "outer");
  const Outcome outcome =
      run({"--only=outer", "--only", "known_heap", "-o", "first.heaptap"},
          {m_folder / "outer", "-c", "/bin/sh -c '/bin/sh -c \"" + m_known + "; true\"; true'; true"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Report outer(m_folder / "first.heaptap");
  EXPECT_EQ(nameIn(outer), "outer");
  EXPECT_THAT(recorded(), UnorderedElementsAre("outer", "known_heap"));
  for (const Report& report : reportsIn(m_folder.path())) {
    if (nameIn(report) == "known_heap") {
      EXPECT_EQ(report.text("parentSessionId"), outer.text("sessionId"));
    }
  }
}

TEST_F(Selection, AProgramThatIsReplacedByOneOfAnotherNameEnds) {
  fs::copy_file("/bin/sh", m_folder / "outer");
  const Outcome outcome =
      run({"--only", "outer", "-o", "first.heaptap"}, {m_folder / "outer", "-c", "exec " + m_known});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(recorded(), UnorderedElementsAre("outer"));
  EXPECT_EQ(Report(m_folder / "first.heaptap").text("end"), "replaced by another program (exec)");
  EXPECT_THAT(outcome.err, Not(HasSubstr("not recorded")));
}

TEST_F(Selection, WhatWasNotAskedForIsNoLoss) {
  fs::copy_file("/bin/sh", m_folder / "outer");
  const Outcome outcome =
      run({"--only", "outer", "-o", "first.heaptap"},
          {m_folder / "outer", "-c", recordedProgram("kind_static") + "; env -i ls; true"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, Not(HasSubstr("not recorded")));
  EXPECT_EQ(Report(m_folder / "first.heaptap").report().at("summary").at("notes").dump(), "[]");
}

TEST_F(Selection, WithoutSuchAProgramTheOthersAreNamed) {
  const Outcome outcome = runScript({"--only", "no-such-program"}, m_known + "\n" + m_known);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err,
              HasSubstr("no program that ran is called as --only says; there were: sh, known_heap\n"));
  EXPECT_THAT(recorded(), IsEmpty());
}

TEST_F(Selection, ANameHasNoFolder) {
  for (const char* name : {"", "/bin/ls", "./ls"}) {
    const Outcome outcome = run({std::string("--only=") + name}, {"ls"});
    EXPECT_EQ(outcome.status, 125);
    EXPECT_THAT(outcome.err, StartsWith("heaptap: run: --only"));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST_F(Selection, ByNameIsForEveryCollector) {
  const Daemon daemon;
  const Outcome outcome = runScript({"--collector", daemon.address(), "--only", "known_heap"},
                                    m_small + "\n" + m_known + "\n" + m_known);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("also         1 other session of this run"));
  EXPECT_THAT(outcome.err, HasSubstr("did most     "));
  EXPECT_THAT(outcome.err, Not(HasSubstr("does_nothing")));
}

// ---- which did most -----------------------------------------------------------------------------------

TEST_F(Selection, TheSessionThatDidMostIsNamed) {
  const Outcome outcome = runScript({"-o", "first.heaptap"}, m_small + "\n" + m_known + "\n" + m_small);
  EXPECT_THAT(outcome.err, testing::ContainsRegex(
                               "did most     [^ ]*known_heap \\(pid [0-9]+\\): [0-9,]+ allocations, in first"
                               "\\.known_heap\\.[0-9]+\\.[0-9]+\\.heaptap\n"));
  EXPECT_THAT(outcome.err, testing::ContainsRegex("  next         heaptap report first\\.known_heap\\."))
      << "not the shell's";
  EXPECT_THAT(outcome.err, HasSubstr("heaptap report first.heaptap lists all of them\n"));
  // And it comes first among the others.
  EXPECT_THAT(outcome.err, testing::ContainsRegex("of this run:\n    [^ ]*known_heap \\(pid"));
}

TEST_F(Selection, TheCommandItselfMayHaveDoneMost) {
  const Outcome outcome =
      run({"-o", "first.heaptap"}, {"bash", "-c", m_small + "; for ((i = 0; i < 2000; ++i)); do x=$i; done"});
  EXPECT_THAT(outcome.err,
              testing::ContainsRegex("did most     bash \\(pid [0-9]+\\), whose numbers these are\n"));
}

TEST_F(Selection, OneSessionAloneIsNotCompared) {
  EXPECT_THAT(run({"-o", "first.heaptap"}, {m_known}).err, Not(HasSubstr("did most")));
}

// ---- run --min-allocations ----------------------------------------------------------------------------

TEST_F(Selection, SmallSessionsAreRemovedButForTheNamedOne) {
  const Outcome outcome =
      runScript({"--min-allocations", "1000000000", "-o", "first.heaptap"}, m_small + "\n" + m_known);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(recorded(), UnorderedElementsAre("sh"));
  EXPECT_THAT(outcome.err, HasSubstr("removed      2 sessions with fewer than 1,000,000,000 allocations\n"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("also")));
}

TEST_F(Selection, LargeSessionsStay) {
  const Outcome everything = runScript({"-o", "all.heaptap"}, m_small + "\n" + m_known);
  std::int64_t many = 0;
  for (const Report& report : reportsIn(m_folder.path()))
    if (nameIn(report) == "known_heap") many = report["allocations"];
  ASSERT_GT(many, 0);
  for (const Report& report : reportsIn(m_folder.path())) {
    if (nameIn(report) != "known_heap") {
      ASSERT_LT(report["allocations"], many);
    }
  }
  for (const auto& entry : fs::directory_iterator(m_folder.path())) fs::remove(entry.path());
  // Exactly as many is not fewer.
  const Outcome outcome = runScript({"--min-allocations", std::to_string(many)}, m_small + "\n" + m_known);
  EXPECT_THAT(recorded(), UnorderedElementsAre("known_heap"));
  EXPECT_THAT(outcome.err, HasSubstr("removed      2 sessions with fewer than "));
  EXPECT_THAT(outcome.err,
              testing::ContainsRegex("  next         heaptap report [^ ]*known_heap\\.[0-9]+\\."));
  runScript({"--min-allocations", std::to_string(many + 1)}, m_small + "\n" + m_known);
  EXPECT_THAT(recorded(), UnorderedElementsAre("known_heap")) << "that of the first run";
}

TEST_F(Selection, WhenAllAreSmallNoFileIsLeft) {
  const Outcome outcome = runScript({"--min-allocations", "1000000000"}, m_small);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("none of 2 sessions had 1,000,000,000 allocations, so no file is left"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("warning")));
  EXPECT_TRUE(fs::is_empty(m_folder.path()));
}

TEST_F(Selection, FindingsAreKeptHoweverSmallTheSession) {
  const Outcome outcome = runScript({"--min-allocations", "1000000000", "-q"},
                                    m_small + "\n" + recordedProgram("wrong_uses") + " 2>/dev/null");
  ASSERT_THAT(recorded(), UnorderedElementsAre("wrong_uses")) << outcome.err;
  EXPECT_GT(reportsIn(m_folder.path()).front()["wrongUses"], 0);
  EXPECT_EQ(outcome.err, "") << "-q says nothing of what went well";
}

TEST_F(Selection, FilesOfACollectorAreNotRemoved) {
  const Outcome outcome = run({"--collector", "unix:/nowhere/at-all", "--min-allocations", "3"}, {"ls"});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, StartsWith("heaptap: run: --min-allocations"));
  EXPECT_THAT(outcome.err, EndsWith("--help\n"));
}

}  // namespace
}  // namespace heaptap::test
