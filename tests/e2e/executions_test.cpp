// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a process by exec, and of programs that cannot be recorded: each is told, or recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/e2e/recording.h"
#include "tests/support/spelled_out.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kNotInEnvironment = "heaptap is not in its environment (LD_PRELOAD)";

/// A recording with all that `run` says.
class ToldRecording : public Report {
 public:
  explicit ToldRecording(const std::vector<std::string>& command) {
    const std::string file = m_folder / "recording.heaptap";
    std::vector<std::string> argv{HEAPTAP_COMMAND, "run", "-o", file, "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    m_outcome = runProcess({.argv = argv, .folder = m_folder.path()});
    SCOPED_TRACE("the run said: " + m_outcome.err);
    read(file);
  }

  [[nodiscard]] const Outcome& outcome() const { return m_outcome; }
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }

 private:
  TemporaryFolder m_folder;
  Outcome m_outcome;
};

std::string notesOf(const Report& report) { return report.report().at("summary").at("notes").dump(); }

void expectReplaced(const Report& report) {
  EXPECT_EQ(report.text("end"), "replaced by another program (exec)");
  EXPECT_TRUE(report.report().at("summary").at("liveAtEnd").get<bool>());
}

class ByEachFunction : public testing::TestWithParam<const char*> {};

TEST_P(ByEachFunction, WhatIsRecordedIsNoLoss) {
  const ToldRecording first({recordedProgram("executes"), GetParam(), recordedProgram("known_heap")});
  EXPECT_EQ(first.outcome().status, 0) << first.outcome().err;
  EXPECT_THAT(first.outcome().err, Not(HasSubstr("not recorded")));
  const auto reports = reportsIn(first.folder());
  ASSERT_EQ(reports.size(), 2U);
  for (const Report& report : reports) {
    if (report.text("sessionId") == first.text("sessionId")) continue;
    report.expectConservation();
    EXPECT_EQ(report.siteIn("leakTen").value("blocks", 0), 10);
  }
  if (!std::string(GetParam()).starts_with("spawn")) expectReplaced(first);
}

INSTANTIATE_TEST_SUITE_P(Executions, ByEachFunction,
                         testing::Values("execv", "execve", "execvp", "execvpe", "execl", "execlp", "execle",
                                         "fexecve", "execveat", "spawn", "spawnp", "syscall-execve"));

class WithoutEnvironment : public testing::TestWithParam<const char*> {};

TEST_P(WithoutEnvironment, TheProgramIsNamedWithTheReasonAndItsEnd) {
  const ToldRecording first({recordedProgram("executes"), GetParam(), "/bin/false"});
  EXPECT_EQ(first.outcome().status, 1) << first.outcome().err;
  EXPECT_EQ(reportsIn(first.folder()).size(), 1U);
  expectReplaced(first);
  EXPECT_THAT(first.outcome().err, HasSubstr(std::string("was not recorded: ") + kNotInEnvironment));
  EXPECT_THAT(first.outcome().err, HasSubstr("/false (pid "));
  EXPECT_THAT(first.outcome().err, HasSubstr("; it exited 1"));
  EXPECT_THAT(notesOf(first), HasSubstr("the process went on as"));
  EXPECT_THAT(notesOf(first), HasSubstr(std::string("/false, which was not recorded: ") + kNotInEnvironment));
}

INSTANTIATE_TEST_SUITE_P(Executions, WithoutEnvironment,
                         testing::Values("bare-execve", "bare-execle", "bare-fexecve", "bare-execveat",
                                         "bare-syscall-execve", "bare-syscall-execveat"));

TEST(Executions, OfAChildWithoutEnvironmentAreToldAsItsParents) {
  const ToldRecording recording({recordedProgram("executes"), "bare-spawn", "/bin/false"});
  EXPECT_EQ(recording.outcome().status, 1) << recording.outcome().err;
  EXPECT_EQ(recording.text("end"), "exited 1");
  EXPECT_THAT(recording.outcome().err, HasSubstr(std::string("was not recorded: ") + kNotInEnvironment));
  EXPECT_THAT(notesOf(recording), HasSubstr("/false, which it started, was not recorded"));
}

class ByTheShell : public testing::TestWithParam<const char*> {};

// libc starts it past all functions that heaptap could see, and names no process.
TEST_P(ByTheShell, WhatIsNotRecordedIsTold) {
  const ToldRecording bare({recordedProgram("executes"), std::string("bare-") + GetParam(), "exit 3"});
  EXPECT_EQ(bare.outcome().status, 3);
  EXPECT_THAT(bare.outcome().err,
              HasSubstr(std::string("warning: /bin/sh was not recorded: ") + kNotInEnvironment + "\n"));
  EXPECT_THAT(notesOf(bare), HasSubstr("/bin/sh, which it started, was not recorded: "));
  EXPECT_EQ(bare.text("end"), "exited 3");
}

TEST_P(ByTheShell, AShellThatIsRecordedSaysWhatItStarts) {
  const ToldRecording recording({recordedProgram("executes"), GetParam(), "env -i /bin/false; exit 3"});
  EXPECT_EQ(recording.outcome().status, 3);
  EXPECT_THAT(recording.outcome().err, Not(HasSubstr("sh was not recorded")));
  EXPECT_THAT(recording.outcome().err, HasSubstr("/false (pid "));
  EXPECT_EQ(notesOf(recording), "[]");
  EXPECT_EQ(reportsIn(recording.folder()).size(), 3U) << "executes, sh, env";
}

INSTANTIATE_TEST_SUITE_P(Executions, ByTheShell, testing::Values("system", "popen"));

// There, processes have other ids; the first one has that of the machine's own first process.
TEST(Executions, InAPidNamespaceAreToldByTheirIdsHere) {
  if (runProcess({.argv = {"unshare", "--pid", "--fork", "true"}}).status != 0)
    GTEST_SKIP() << "this user may make no PID namespace here";
  const ToldRecording recording(
      {"unshare", "--pid", "--fork", "/bin/sh", "-c",
       "env -i /bin/ls >/dev/null; " + recordedProgram("known_heap") + "; exec env -i /bin/false"});
  EXPECT_EQ(recording.outcome().status, 1);
  EXPECT_THAT(recording.outcome().err,
              testing::ContainsRegex("/ls \\(pid [0-9]+\\) was not recorded: heaptap is not in its"));
  EXPECT_THAT(recording.outcome().err,
              testing::ContainsRegex("/false \\(pid [0-9]+\\) was not recorded: heaptap is not in its"));
  const std::string& said = recording.outcome().err;
  std::size_t told = 0;
  for (std::size_t at = said.find("was not recorded"); at != std::string::npos; ++told)
    at = said.find("was not recorded", at + 1);
  EXPECT_EQ(told, 2U) << said;
}

TEST(Executions, ThatFailLeaveNoTrace) {
  const ToldRecording recording({recordedProgram("executes"), "fail"});
  EXPECT_EQ(recording.outcome().status, 0) << "so many calls failed in another way";
  EXPECT_THAT(recording.outcome().err, Not(HasSubstr("not recorded")));
  EXPECT_EQ(recording.text("end"), "exited 0");
  recording.expectConservation();
  EXPECT_EQ(notesOf(recording), "[]");
}

class OfAKind : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(OfAKind, ThatCannotBeRecordedAreTold) {
  const std::string program = recordedProgram(GetParam().first);
  if (access(program.c_str(), X_OK) != 0) GTEST_SKIP() << "cannot be built here";
  const ToldRecording replaced({"/bin/sh", "-c", "exec " + program});
  EXPECT_THAT(replaced.outcome().err, HasSubstr(program + " (pid "));
  EXPECT_THAT(replaced.outcome().err, HasSubstr(GetParam().second));
  expectReplaced(replaced);
  const ToldRecording parent({"/bin/sh", "-c", program + "; " + program + "; exit 5"});
  EXPECT_EQ(parent.text("end"), "exited 5");
  EXPECT_THAT(parent.outcome().err, HasSubstr(" and 1 more) was not recorded: "));
  EXPECT_THAT(notesOf(parent), HasSubstr("which it started 2 times, was not recorded: "));
  EXPECT_THAT(notesOf(parent), HasSubstr(GetParam().second));
}

INSTANTIATE_TEST_SUITE_P(Executions, OfAKind,
                         testing::Values(std::pair{"kind_static", "it is static"},
                                         std::pair{"kind_musl", "it uses musl"},
                                         std::pair{"sanitized_address", "built with AddressSanitizer"}),
                         [](const auto& kind) { return std::string(kind.param.first); });

// Nothing of heaptap's is called.
TEST(Executions, ByInstructionAreNoticedWhileTheProgramRuns) {
  const TemporaryFolder folder;
  ChildProcess run({.argv = {HEAPTAP_COMMAND, "run", "-o", folder / "first.heaptap", "--",
                             recordedProgram("executes"), "bare-raw", "/bin/cat"},
                    .folder = folder.path()});
  run.writeInput("here\n");
  ASSERT_TRUE(run.waitForOutput("here"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::string end;
  while (end.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    // Until it is complete, the file may be no session yet.
    const Outcome report =
        runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", folder / "first.heaptap"}});
    const auto json = reportIn(report.out);
    if (report.status == 0 && !json.is_discarded() && json["summary"]["state"] == "complete")
      end = json["summary"]["end"];
  }
  run.closeInput();
  const Outcome outcome = run.finish();
  EXPECT_EQ(end, "replaced by another program (exec)");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr(kNotInEnvironment));
}

TEST(Executions, OfManyRecordedProgramsAreNoLoss) {
  const ToldRecording recording(
      {"/bin/bash", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do x=$(/bin/echo $i); done"});
  EXPECT_THAT(recording.outcome().err, Not(HasSubstr("not recorded")));
  EXPECT_GE(reportsIn(recording.folder()).size(), 11U);
}

}  // namespace
}  // namespace heaptap::test
