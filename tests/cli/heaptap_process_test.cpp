// SPDX-License-Identifier: Apache-2.0
//
// The real program, as a user starts it: what passes through, what is told, and with which exit status.
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/child_process.h"
#include "tests/support/process_tree.h"
#include "tests/support/spelled_out.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;
using test::ChildProcess;
using test::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Heaptap : public ::testing::Test {
 protected:
  test::Launch launch(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), HEAPTAP_PROGRAM);
    return {.argv = std::move(arguments),
            .environment = {{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}},
            .folder = m_folder.path()};
  }
  Outcome heaptap(std::vector<std::string> arguments, std::string_view input = {}) const {
    return test::runProcess(launch(std::move(arguments)), input);
  }

  test::TemporaryFolder m_folder;
};

/// One line, with the prefix that every error has.
MATCHER(IsOneErrorLine, "is one line") {
  return arg.starts_with("heaptap: ") && arg.find('\n') == arg.size() - 1;
}

TEST_F(Heaptap, StandardStreamsAndExitStatusPassThrough) {
  const Outcome outcome = heaptap({"run", "-q", "sh", "-c", "cat; echo oops >&2; exit 7"}, "hello\n");
  EXPECT_EQ(outcome.out, "hello\n");
  EXPECT_EQ(outcome.err, "oops\n");
  EXPECT_EQ(outcome.status, 7);
}

TEST_F(Heaptap, SaysWhatIsWrongWithACommandLine) {
  const Outcome none = heaptap({"reprot", "app.heaptap"});
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err, "heaptap: there is no command 'reprot'; did you mean report? try: heaptap --help\n");
  EXPECT_THAT(heaptap({"frobnicate"}).err, Not(HasSubstr("did you mean")));
  EXPECT_THAT(heaptap({"report", "--leeks", "x"}).err,
              HasSubstr("did you mean --leaks? try: heaptap report --help"));
  EXPECT_THAT(heaptap({"report", "--leeks=yes", "x"}).err, HasSubstr("did you mean --leaks?"));
  EXPECT_THAT(heaptap({"run", "--exat", "--", "ls", "--leeks"}).err, HasSubstr("did you mean --exact?"));
  EXPECT_THAT(heaptap({"report", "--top", "many", "x"}).err, Not(HasSubstr("did you mean")));

  const Outcome missing = heaptap({"report"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_EQ(missing.err, "heaptap: report: SESSION is required; try: heaptap report --help\n");

  // `run` itself has failed, whatever COMMAND would have ended with.
  const Outcome run = heaptap({"run", "--no-such-option", "true"});
  EXPECT_EQ(run.status, 125);
  EXPECT_THAT(run.err, IsOneErrorLine());
  EXPECT_THAT(run.err, HasSubstr("--no-such-option"));
}

TEST_F(Heaptap, AnEmptyValueIsNotTakenForNone) {
  for (const char* const command : {"report", "blocks", "threads", "diff", "top", "query", "export"}) {
    const std::string help = heaptap({command, "--help"}).out;
    int count = 0;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t begin = line.find("--");
      if (begin == std::string::npos || line.find_first_not_of(' ') != std::min(begin, line.find("-")))
        continue;
      const std::size_t end = line.find_first_of(" ,=", begin);
      const std::string option = line.substr(begin, end - begin);
      // What takes a value is followed by what that is called.
      const auto isNext = [&](const char* words) {
        return line.compare(end, std::strlen(words), words) == 0;
      };
      if (end == std::string::npos || line[end + 1] < 'A' || isNext(" Excludes") || isNext(" Needs"))
        continue;
      ++count;
      for (const Outcome& outcome :
           {heaptap({command, option, "", "x"}), heaptap({command, option + "=", "x"})}) {
        EXPECT_EQ(outcome.status, 2) << command << option;
        EXPECT_THAT(outcome.err, IsOneErrorLine()) << command << option;
        EXPECT_THAT(outcome.err, HasSubstr(option + ": its value is empty")) << command;
      }
    }
    EXPECT_GT(count, 2) << help;
  }
  EXPECT_THAT(heaptap({"query", "x", ""}).err, HasSubstr("argument 2: it is empty"));
  EXPECT_THAT(heaptap({"report", ""}).err, HasSubstr("argument 1: it is empty"));
  EXPECT_EQ(heaptap({"run", "-q", "--", "test", "-z", ""}).status, 0)
      << "the command's own words may be empty";
}

TEST_F(Heaptap, ANumberIsWrittenInDigits) {
  for (const char* const number : {"0x10", " 5", "5 ", "+5", "-5", "1e3", "nan", "inf", "five"})
    for (const char* const option : {"--top", "--skip"}) {
      const Outcome outcome = heaptap({"blocks", std::string(option) + "=" + number, "x"});
      EXPECT_EQ(outcome.status, 2) << number;
      EXPECT_THAT(outcome.err, HasSubstr("is no whole number; write it like 20"));
    }
  for (const char* const seconds :
       {"nan", "-nan", "inf", "infinity", "0x10", " 5", "1e3", "-1", ".", "1.2.3"})
    for (const auto& [command, option] : {std::pair{"query", "--timeout"}, {"top", "--interval"}}) {
      const Outcome outcome = heaptap({command, std::string(option) + "=" + seconds, "x"});
      EXPECT_EQ(outcome.status, 2) << seconds;
      EXPECT_THAT(outcome.err, HasSubstr("is no number of seconds; write it like 60 or 0.5")) << command;
    }
  EXPECT_EQ(heaptap({"run", "--duration=nan", "--", "true"}).status, 125);
  EXPECT_EQ(heaptap({"run", "--delay=1e3", "--", "true"}).status, 125);
}

TEST_F(Heaptap, AnOptionOfAnotherCommandIsSaidToBeOne) {
  const Outcome at = heaptap({"threads", "--at", "3s", "x"});
  EXPECT_EQ(at.status, 2);
  EXPECT_EQ(
      at.err,
      "heaptap: threads: it has no option --at, which is one of: report, blocks, diff, export; it is of an "
      "interval: --from TIME --to TIME; heaptap blocks --at is of an instant\n");
  EXPECT_THAT(heaptap({"blocks", "--by", "name", "x"}).err,
              HasSubstr("--by: 'name' is no order; write address, size or age"));
}

TEST_F(Heaptap, ASignalThatKillsTheCommandShowsAsInAShell) {
  const Outcome outcome = heaptap({"run", "sh", "-c", "kill -SEGV $$"});
  EXPECT_EQ(outcome.status, 128 + SIGSEGV);
  EXPECT_THAT(outcome.err, HasSubstr("killed by signal 11"));
  EXPECT_THAT(outcome.err, HasSubstr("live at end"));
}

/// As process 1 of a container does: becomes the parent of all that `run` leaves behind.
class AdoptedOrphans {
 public:
  AdoptedOrphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~AdoptedOrphans() {
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
  AdoptedOrphans(const AdoptedOrphans&) = delete;
  AdoptedOrphans& operator=(const AdoptedOrphans&) = delete;

  /// Running ones and zombies.
  [[nodiscard]] static bool any() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }
};

TEST_F(Heaptap, RunLeavesNoProcessForItsOwnParentToWaitFor) {
  const AdoptedOrphans orphans;
  EXPECT_EQ(heaptap({"run", "true"}).status, 0);
  EXPECT_FALSE(AdoptedOrphans::any());
  EXPECT_EQ(heaptap({"run", "-q", "sh", "-c", "kill -KILL $$"}).status, 128 + SIGKILL);
  EXPECT_FALSE(AdoptedOrphans::any());
  // Both companions are started by then, and the relay refuses: no collector there.
  EXPECT_EQ(heaptap({"run", "--collector", "unix:" + (m_folder / "none.sock").string(), "true"}).status, 125);
  EXPECT_FALSE(AdoptedOrphans::any());
}

TEST_F(Heaptap, SignalsSentToHeaptapReachTheCommand) {
  const std::string script =
      "trap 'echo term; exit 3' TERM; trap 'echo usr1' USR1; echo ready; "
      "while :; do read x || sleep 0.01; done";
  ChildProcess process(launch({"run", "-q", "sh", "-c", script}));
  ASSERT_TRUE(process.waitForOutput("ready\n"));
  process.signal(SIGUSR1);
  process.writeInput("\n");
  ASSERT_TRUE(process.waitForOutput("usr1\n"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.finish().status, 3);
}

TEST_F(Heaptap, ASignalBeforeTheCommandExistsIsNotLost) {
  ChildProcess process(launch({"run", "-q", "sleep", "1000"}));
  // Before its handler could be in place, the signal kills heaptap itself, which is as good an end.
  process.signal(SIGTERM);
  EXPECT_EQ(process.finish().status, 128 + SIGTERM);
}

TEST_F(Heaptap, OptionsBehindTheCommandBelongToIt) {
  EXPECT_EQ(heaptap({"run", "-q", "echo", "-q", "--force", "--", "x"}).out, "-q --force -- x\n");
  EXPECT_EQ(heaptap({"run", "-q", "--", "printf", "%s\\n", "--help"}).out, "--help\n");
  EXPECT_EQ(heaptap({"run", "-qo", "x.heaptap", "echo", "-o", "y"}).out, "-o y\n");
  EXPECT_EQ(heaptap({"run", "-q", "-oy.heaptap", "--max-stall=9", "--max-file", "1G", "echo", "run"}).out,
            "run\n");
}

TEST_F(Heaptap, TheCommandInheritsNothingMore) {
  const char* list = "ls -l /proc/self/fd | grep -c ' -> '";
  const Outcome plain = test::runProcess({.argv = {"sh", "-c", list}});
  const Outcome recorded = heaptap({"run", "-q", "sh", "-c", list});
  EXPECT_EQ(recorded.out, plain.out);
}

TEST_F(Heaptap, TheSummaryTellsWhatToTypeNext) {
  const Outcome outcome = heaptap({"run", "-o", "a b.heaptap", "ls"});
  EXPECT_THAT(outcome.err, HasSubstr("allocations"));
  EXPECT_THAT(outcome.err, HasSubstr("heaptap report 'a b.heaptap'\n"));
  EXPECT_TRUE(fs::exists(m_folder / "a b.heaptap"));
}

TEST_F(Heaptap, TheReportIsTheContract) {
  ASSERT_EQ(heaptap({"run", "-q", "-o", "x.heaptap", "sh", "-c", "exit 5"}).status, 5);
  const Outcome outcome = heaptap({"report", "--json", "x.heaptap"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto json = test::reportIn(outcome.out);
  EXPECT_EQ(json["schemaVersion"], 2);
  EXPECT_EQ(json["summary"]["command"], (nlohmann::json{"sh", "-c", "exit 5"}));
  EXPECT_EQ(json["summary"]["exitStatus"], 5);
  std::uint64_t allocations = 0;
  for (const auto& site : json["sites"]) allocations += site["allocations"].get<std::uint64_t>();
  EXPECT_EQ(json["summary"]["allocations"], allocations) << "the sites make up the sum";
  std::uint64_t leaked = 0;
  for (const auto& site : json["leaks"]) leaked += site["blocks"].get<std::uint64_t>();
  EXPECT_EQ(json["summary"]["leakedBlocks"], leaked);
  EXPECT_EQ(
      json["summary"]["allocations"].get<std::uint64_t>() - json["summary"]["frees"].get<std::uint64_t>(),
      leaked);
  const auto leaks = test::reportIn(heaptap({"report", "--json", "--leaks", "x.heaptap"}).out);
  EXPECT_EQ(leaks["leaks"], json["leaks"]);
  EXPECT_EQ(leaks["sites"], json["leaks"]) << "of the others, nothing";
  EXPECT_THAT(heaptap({"report", "x.heaptap"}).out, HasSubstr("TOP SITES BY PEAK"));
}

TEST_F(Heaptap, TheReportIsFollowedAsItsDocumentSays) {
  ASSERT_EQ(heaptap({"run", "-q", "-o", "x.heaptap", "ls"}).status, 0);
  const std::string printed = heaptap({"report", "--json", "x.heaptap"}).out;
  m_folder.write("report.json", printed);
  const auto report = test::reportIn(printed);
  std::istringstream document(test::readFile(HEAPTAP_SOURCE_FOLDER "/docs/report-json.md"));
  std::vector<std::string> answers;
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("jq ")) continue;
    const Outcome jq = test::runProcess({.argv = {"sh", "-c", line}, .folder = m_folder.path()});
    EXPECT_EQ(jq.status, 0) << line << ": " << jq.err;
    answers.push_back(jq.out);
  }
  ASSERT_EQ(answers.size(), 3U) << "a stack, a leak, a sum";
  std::string functions;
  for (const auto& frame : report["sites"][0]["stack"])
    functions += (frame["function"].is_null() ? "null" : frame["function"].get<std::string>()) + "\n";
  EXPECT_EQ(answers[0], functions);
  const auto leak = nlohmann::json::parse(answers[1]);
  EXPECT_EQ(leak["bytes"], report["leaks"][0]["bytes"]);
  EXPECT_EQ(std::stoull(answers[2]), report["summary"]["leakedBytes"].get<std::uint64_t>());
}

TEST_F(Heaptap, EachReasonNotToStartHasItsStatusAndLine) {
  m_folder.write("old.heaptap", "old");
  const struct {
    std::vector<std::string> arguments;
    int status;
    const char* text;
  } kCases[] = {
      {{"run"}, 125, "COMMAND is missing"},
      {{"run", "--no-such-option", "ls"}, 125, "--no-such-option"},
      {{"run", "--max-file", "lots", "ls"}, 125, "no size"},
      {{"run", "no-such-command"}, 127, "not found"},
      {{"run", "/"}, 126, "folder"},
      {{"run", "-o", "old.heaptap", "ls"}, 125, "--force"},
      {{"run", "-o", "no/such/folder.heaptap", "ls"}, 125, "no/such"},
      {{"report", "missing.heaptap"}, 3, "missing.heaptap"},
      {{"report", "old.heaptap"}, 4, "not a heaptap session"},
      {{"report"}, 2, "SESSION"},
      {{"ls", "missing"}, 3, "missing"},
      {{"no-such-subcommand"}, 2, "--help"},
      {{}, 2, "--help"},
  };
  for (const auto& one : kCases) {
    const Outcome outcome = heaptap(one.arguments);
    EXPECT_EQ(outcome.status, one.status) << one.text;
    EXPECT_THAT(outcome.err, HasSubstr(one.text));
    EXPECT_THAT(outcome.err, IsOneErrorLine());
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_EQ(test::readFile(m_folder / "old.heaptap"), "old");
}

TEST_F(Heaptap, WhatIsNoSessionIsNamedOnce) {
  fs::create_directory(m_folder / "sub");
  m_folder.write("sub/text.txt", std::string(5000, 'x'));
  for (const std::string& name : {std::string("sub/text.txt"), std::string("./sub/../sub/text.txt"),
                                  (m_folder / "sub/text.txt").string()})
    EXPECT_EQ(heaptap({"report", name}).err, "heaptap: " + name + ": not a heaptap session\n");
}

TEST_F(Heaptap, AnUnreadableSessionDoesNotSpoilTheList) {
  m_folder.write("broken.heaptap", "no session");
  heaptap({"run", "-q", "-o", "good.heaptap", "ls"});
  const Outcome outcome = heaptap({"ls"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("good.heaptap"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("broken.heaptap")));
  EXPECT_THAT(outcome.err, HasSubstr("broken.heaptap"));
}

/// A command that runs until its standard input ends, then exits with 5.
const std::vector<std::string> kRunsUntilInputEnds{"sh", "-c",
                                                   "ls / >/dev/null; echo ready; cat >/dev/null; exit 5"};

class RecorderDies : public Heaptap, public ::testing::WithParamInterface<const char*> {};

TEST_P(RecorderDies, TheCommandRunsOnAndTheLossIsTold) {
  std::vector<std::string> arguments{"run", "-o", "x.heaptap"};
  arguments.insert(arguments.end(), kRunsUntilInputEnds.begin(), kRunsUntilInputEnds.end());
  ChildProcess process(launch(arguments));
  ASSERT_TRUE(process.waitForOutput("ready\n"));
  // Until the collector has the session; before that there is nothing to keep.
  while (heaptap({"report", "--json", "x.heaptap"}).status != 0) continue;
  const pid_t recorder = test::childOf(process.pid(), GetParam());
  ASSERT_GT(recorder, 0);
  ASSERT_EQ(kill(recorder, SIGKILL), 0);
  const Outcome outcome = process.finish();
  EXPECT_EQ(outcome.status, 5);
  EXPECT_THAT(outcome.err, HasSubstr("ended early"));
  EXPECT_THAT(outcome.err, HasSubstr("is kept"));
  const auto json = test::reportIn(heaptap({"report", "--json", "x.heaptap"}).out);
  EXPECT_EQ(json["summary"]["state"], "cutShort");
}
INSTANTIATE_TEST_SUITE_P(Heaptap, RecorderDies, ::testing::Values("heaptap-relay", "private-collector"),
                         [](const auto& which) {
                           return std::string(which.param).starts_with("heaptap") ? "Relay" : "Collector";
                         });

TEST_F(Heaptap, MissingPartsAreNamed) {
  fs::create_directory(m_folder / "bin");
  fs::copy_file(HEAPTAP_PROGRAM, m_folder / "bin/heaptap");
  const Outcome outcome = test::runProcess({.argv = {(m_folder / "bin/heaptap").string(), "run", "ls"}});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_THAT(outcome.err, HasSubstr("heaptap-relay: a part of heaptap is missing"));
}

TEST_F(Heaptap, NamesPagesWhereTheyAreInstalled) {
  fs::create_directories(m_folder / "bin");
  fs::create_directories(m_folder / "share/doc/heaptap");
  fs::create_directory(m_folder / "here");
  fs::copy_file(HEAPTAP_PROGRAM, m_folder / "bin/heaptap");
  for (const char* const page : {"ci.md", "reports.md"})
    m_folder.write("share/doc/heaptap/" + std::string(page), "# A page");
  m_folder.write("here/bad.supp", "lek:b\n");
  const auto installed = [&](std::vector<std::string> arguments, const std::string& folder = "here") {
    arguments.insert(arguments.begin(), (m_folder / "bin/heaptap").string());
    return test::runProcess({.argv = std::move(arguments), .folder = m_folder / folder});
  };
  const std::string pages = (m_folder / "share/doc/heaptap").string();
  const std::string help = installed({"check", "--help"}).out;
  EXPECT_THAT(help, HasSubstr(pages + "/ci.md has recipes"));
  EXPECT_THAT(help, HasSubstr("Limits and rules (" + pages));
  EXPECT_THAT(help, Not(HasSubstr(" docs/ci.md")));
  EXPECT_THAT(installed({"symbolize", "--help"}).out, HasSubstr("docs/symbols.md"))
      << "this page is not there";
  EXPECT_THAT(installed({"check", "--suppressions", "bad.supp", "x"}).err,
              HasSubstr("; " + pages + "/reports.md shows both formats"));
  // A file of the reader's own that is called so is what it is.
  fs::create_directory(m_folder / "docs");
  m_folder.write("docs/reports.md", "lek:b\n");
  EXPECT_THAT(installed({"check", "--suppressions", "docs/reports.md", "x"}, ".").err,
              StartsWith("heaptap: docs/reports.md:1:1: "));
}

TEST_F(Heaptap, HelpShowsExamplesAndNoHiddenSubcommand) {
  const Outcome main = heaptap({"--help"});
  EXPECT_EQ(main.status, 0);
  EXPECT_THAT(main.out, HasSubstr("Examples:"));
  EXPECT_THAT(main.out, Not(HasSubstr("private-collector")));
  for (const char* subcommand : {"run", "report", "ls"})
    EXPECT_THAT(heaptap({subcommand, "--help"}).out, HasSubstr("Examples:\n  heaptap ")) << subcommand;
  EXPECT_THAT(heaptap({"--version"}).out, StartsWith("heaptap 0."));
}

}  // namespace
}  // namespace heaptap::cli
