// SPDX-License-Identifier: Apache-2.0
//
// Programs that heaptap wants to record and cannot: each runs as it would without, and `run` says what was
// the matter, which only the program itself may know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kLittleMemory =
    "there may not be enough memory for the program and heaptap; raise ulimit";
constexpr const char* kLoader = "/lib64/ld-linux-x86-64.so.2";

class Obstacles : public testing::Test {
 protected:
  Outcome run(const std::vector<std::string>& command, const std::vector<std::string>& options = {},
              const std::map<std::string, std::optional<std::string>>& environment = {}) const {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "run"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.emplace_back("--");
    argv.insert(argv.end(), command.begin(), command.end());
    return runProcess({.argv = argv, .environment = environment, .folder = m_folder.path()});
  }
  Outcome runScript(const std::string& script, const std::vector<std::string>& options = {}) const {
    return run({"/bin/sh", "-c", script}, options);
  }
  static auto lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

  TemporaryFolder m_folder;
  const std::string m_program = recordedProgram("known_heap");
};

/// What is said of `program`.
auto saysOf(const std::string& program, const std::string& why) {
  return ContainsRegex("warning: [^ ]*" + program + " \\(pid [0-9]+\\) was not recorded: " + why);
}

TEST_F(Obstacles, OfTheCommandItself) {
  const Outcome outcome = run({m_program}, {}, {{"HEAPTAP_SAMPLE", "a few"}});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err,
              saysOf("known_heap", "HEAPTAP_SAMPLE must be a number of bytes, written like 512K"));
  EXPECT_THAT(outcome.err, HasSubstr("512K; it exited 0\n"));
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
  EXPECT_TRUE(std::filesystem::is_empty(m_folder.path()));
}

TEST_F(Obstacles, OfTheCommandItselfAreSaidByAQuietRunToo) {
  const Outcome outcome = run({m_program}, {"-q"}, {{"HEAPTAP_SAMPLE", "a few"}});
  EXPECT_THAT(outcome.err, saysOf("known_heap", "HEAPTAP_SAMPLE"));
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
}

class OfLimits : public Obstacles, public testing::WithParamInterface<const char*> {};

TEST_P(OfLimits, AProgramThatIsExecutedTellsItsOwn) {
  const Outcome outcome = runScript(std::string(GetParam()) + "; exec " + m_program, {"-o", "first.heaptap"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, saysOf("known_heap", kLittleMemory));
  EXPECT_THAT(outcome.err, HasSubstr("; it exited 0\n"));
  const Report first(m_folder / "first.heaptap");
  EXPECT_EQ(first.text("end"), "replaced by another program (exec)");
  EXPECT_THAT(first.report().at("summary").at("notes").dump(), HasSubstr(kLittleMemory));
  EXPECT_EQ(reportsIn(m_folder.path()).size(), 1U);
}

TEST_P(OfLimits, AProgramThatIsStartedTellsItsOwn) {
  const Outcome outcome =
      runScript(std::string(GetParam()) + "; " + m_program + "; " + m_program + "; exit 3",
                {"-o", "first.heaptap", "-q"});
  EXPECT_EQ(outcome.status, 3) << outcome.err;
  EXPECT_THAT(outcome.err,
              ContainsRegex(std::string("\\(pid [0-9]+ and 1 more\\) was not recorded: ") + kLittleMemory));
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
  const Report first(m_folder / "first.heaptap");
  EXPECT_THAT(first.report().at("summary").at("notes").dump(), HasSubstr("which it started 2 times"));
  EXPECT_EQ(reportsIn(m_folder.path()).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Obstacles, OfLimits, testing::Values("ulimit -v 4000000", "ulimit -d 500000"));

TEST_F(Obstacles, OfDescriptorsAreNamed) {
  const Outcome outcome = runScript("ulimit -n 4; exec " + m_program, {"-o", "first.heaptap"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              saysOf("known_heap", "it may not open the socket and the memory that heaptap needs"));
}

TEST_F(Obstacles, OfASandboxWithoutSocketsAreGuessed) {
  const Outcome outcome =
      run({recordedProgram("executes"), "without-sockets", "/bin/sleep", "1"}, {"-o", "first.heaptap"});
  EXPECT_THAT(outcome.err, saysOf("sleep", "heaptap's library is in it, but was not heard of: its sandbox"));
}

TEST_F(Obstacles, OfTheLoaderAreItsToTell) {
  const Outcome missing = run({kLoader, "--inhibit-rpath", "", recordedProgram("early_allocation")});
  EXPECT_EQ(missing.status, 127);
  EXPECT_THAT(missing.err,
              HasSubstr("nothing was recorded: it exited 127 before any of its code ran; the loader's"));
  const Outcome listed = run({kLoader, "--list", m_program});
  EXPECT_EQ(listed.status, 0);
  EXPECT_THAT(listed.err, HasSubstr("nothing was recorded: it exited 0 before heaptap's library began"));
}

TEST_F(Obstacles, AnEarlyEndIsTold) {
  const Outcome outcome = run({recordedProgram("dies_early")});
  EXPECT_EQ(outcome.status, 137);
  EXPECT_THAT(
      outcome.err,
      HasSubstr(
          "dies_early: nothing was recorded: it was killed by signal 9 before heaptap's library began\n"));
}

// The limits of what `run` starts beside the command are hard ones here, which it cannot raise.
TEST_F(Obstacles, OfHeaptapsOwnProcessesAreSaidBeforeTheCommandRuns) {
  const std::string run = std::string(HEAPTAP_COMMAND) + " run -o first.heaptap -- /bin/echo ran";
  const Outcome outcome =
      runProcess({.argv = {"/bin/sh", "-c", "ulimit -n 20; exec " + run}, .folder = m_folder.path()});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("may have 20 descriptors here, and needs 32; raise ulimit -Hn\n"));
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
}

TEST_F(Obstacles, OfHeaptapsOwnThreadsAreSaidBeforeTheCommandRuns) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become a user without processes";
  // One that has none: what it may have counts for all its processes.
  const std::string run =
      "ulimit -u 8; exec " + std::string(HEAPTAP_COMMAND) + " run -o first.heaptap -- /bin/echo ran";
  std::filesystem::permissions(m_folder.path(), std::filesystem::perms::all);
  const Outcome outcome =
      runProcess({.argv = {"setpriv", "--reuid=64999", "--regid=64999", "--clear-groups", "bash", "-c", run},
                  .folder = m_folder.path()});
  EXPECT_EQ(outcome.status, 125) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err,
              ContainsRegex("may start [0-9]+ threads here, and needs up to 24; raise ulimit -u"));
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
}

TEST_F(Obstacles, WhatIsNotMeantToBeRecordedHasNone) {
  for (const char* option : {"--no-children", "--only=sh"}) {
    const Outcome outcome =
        runScript("ulimit -v 4000000; " + m_program + "; true", {option, "--force", "-o", "first.heaptap"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("not recorded"))) << option;
  }
}

}  // namespace
}  // namespace heaptap::test
