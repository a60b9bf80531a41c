// SPDX-License-Identifier: Apache-2.0
//
// Reports on a real terminal: colours, the pager, and the line that says how far it is.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "tests/e2e/recording.h"
#include "tests/support/process_tree.h"
#include "tests/support/terminal_window.h"

namespace heaptap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kStrong = "\033[1m";

class OnATerminal : public testing::Test {
 protected:
  OnATerminal() {
    const Outcome run = runProcess(
        {.argv = {HEAPTAP_COMMAND, "run", "-q", "-o", "a.heaptap", "--", recordedProgram("known_heap")},
         .folder = m_folder.path()});
    EXPECT_EQ(run.status, 0) << run.err;
  }
  using Environment = std::map<std::string, std::optional<std::string>>;
  /// A shell in the terminal does `line`, where "$heaptap" is the program, and says then with which status.
  TerminalWindow& shell(const std::string& line, TerminalWindow::Size size = {.columns = 110, .rows = 200},
                        Environment environment = {}) {
    environment["heaptap"] = HEAPTAP_COMMAND;
    m_window.emplace(Launch{.argv = {"sh", "-c", line + "\necho \"ended with $?\"\nexec cat"},
                            .environment = environment,
                            .folder = m_folder.path()},
                     size);
    return *m_window;
  }
  std::string colouredAfter(const std::string& line, const Environment& environment = {}) {
    TerminalWindow& window = shell(line, {.columns = 110, .rows = 200}, environment);
    window.waitFor("ended with");
    return window.colouredScreen();
  }

  TemporaryFolder m_folder;
  std::optional<TerminalWindow> m_window;
};

TEST_F(OnATerminal, ReportsHaveColoursUnlessTheUserWantsNone) {
  const std::string report = "\"$heaptap\" report --no-pager a.heaptap";
  EXPECT_THAT(colouredAfter(report), HasSubstr(kStrong));
  EXPECT_THAT(colouredAfter(report, {{"NO_COLOR", ""}}), HasSubstr(kStrong)) << "empty is not set";
  EXPECT_THAT(colouredAfter(report + " --color always", {{"NO_COLOR", "1"}}), HasSubstr(kStrong));
  for (const Environment& none : {Environment{{"NO_COLOR", "1"}},
                                  {{"TERM", "dumb"}},
                                  {{"CLICOLOR", "0"}},
                                  {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}})
    EXPECT_THAT(colouredAfter(report, none), Not(HasSubstr(kStrong))) << none.begin()->first;
  EXPECT_THAT(colouredAfter(report + " --no-color"), Not(HasSubstr(kStrong)));
  EXPECT_THAT(colouredAfter(report + " --color=never"), Not(HasSubstr(kStrong)));
  for (const char* const other : {"check a.heaptap", "diff a.heaptap a.heaptap"})
    EXPECT_THAT(colouredAfter(std::string("\"$heaptap\" ") + other), HasSubstr("\033[")) << other;
}

TEST_F(OnATerminal, FilesAndPipesHaveNoColours) {
  const auto outputOf = [&](const std::string& line, Environment environment = {}) {
    environment["heaptap"] = HEAPTAP_COMMAND;
    return runProcess({.argv = {"sh", "-c", line}, .environment = environment, .folder = m_folder.path()})
        .out;
  };
  EXPECT_THAT(outputOf("\"$heaptap\" report a.heaptap"), Not(HasSubstr("\033")));
  EXPECT_THAT(outputOf("\"$heaptap\" report a.heaptap", {{"CLICOLOR_FORCE", "1"}}), HasSubstr(kStrong));
  EXPECT_THAT(outputOf("\"$heaptap\" report --color=always a.heaptap"), HasSubstr(kStrong));
  EXPECT_THAT(outputOf("\"$heaptap\" report --color=always --json a.heaptap"), Not(HasSubstr("\033")));
  for (const char* const made : {"export a.heaptap -o a.txt", "check a.heaptap --format text=a.txt"})
    EXPECT_THAT(
        outputOf(std::string("\"$heaptap\" ") + made + " >/dev/null; cat a.txt", {{"CLICOLOR_FORCE", "1"}}),
        AllOf(Not(testing::IsEmpty()), Not(HasSubstr("\033"))))
        << made;
}

TEST_F(OnATerminal, LongReportsGoThroughThePager) {
  // What fits is printed, and no pager asks for a key.
  EXPECT_THAT(shell("\"$heaptap\" report a.heaptap", {.columns = 110, .rows = 200}).waitFor("ended with 0"),
              HasSubstr("a.heaptap\n"));
  TerminalWindow& window = shell("\"$heaptap\" report a.heaptap", {.columns = 110, .rows = 12});
  EXPECT_THAT(window.waitFor("command"), Not(HasSubstr("ended with")));
  window.type("q");
  window.waitFor("ended with 0");
  // As all that is written is shown there, it comes from the pager.
  EXPECT_THAT(shell("PAGER='sed s/^/paged:/' \"$heaptap\" report a.heaptap", {.columns = 110, .rows = 12})
                  .waitFor("ended with 0"),
              HasSubstr("paged:"));
  EXPECT_THAT(shell("PAGER=false HEAPTAP_PAGER='sed s/^/own:/' \"$heaptap\" report a.heaptap",
                    {.columns = 110, .rows = 12})
                  .waitFor("ended with 0"),
              HasSubstr("own:"));
  for (const char* const none : {"PAGER=", "PAGER=cat", "HEAPTAP_PAGER= PAGER=false", "TERM=dumb"})
    EXPECT_THAT(shell(std::string(none) + " \"$heaptap\" report a.heaptap", {.columns = 110, .rows = 12})
                    .waitFor("ended with 0"),
                Not(HasSubstr("paged:")));
}

TEST_F(OnATerminal, APagerThatCannotStartLosesNothing) {
  const std::string whole =
      shell("\"$heaptap\" report --no-pager --color=never a.heaptap").waitFor("ended with 0");
  const std::string printed =
      shell(
          "PAGER='no-such-pager -x' \"$heaptap\" report --color=never a.heaptap > /dev/null; stty rows 10; "
          "PAGER='no-such-pager -x' \"$heaptap\" report --color=never a.heaptap 2>/dev/null; stty rows 200")
          .waitFor("ended with 0");
  const std::size_t end = whole.find("ended with");
  EXPECT_THAT(printed, HasSubstr(whole.substr(0, end)));
}

TEST_F(OnATerminal, TheStatusIsThatOfTheCommandWhateverThePagerDoes) {
  // Left before the end of the text, which is far more than a pipe holds.
  TerminalWindow& window = shell("PAGER='head -n 1' \"$heaptap\" report --full-names --top 0 a.heaptap",
                                 {.columns = 110, .rows = 5});
  window.waitFor("ended with 0");
  EXPECT_THAT(shell("PAGER='cat; exit 7' \"$heaptap\" report a.heaptap", {.columns = 110, .rows = 12})
                  .waitFor("ended with"),
              HasSubstr("ended with 0"));
}

/// A file of which nothing is known before somebody writes into it.
TEST_F(OnATerminal, WhatTakesLongSaysWhatItIsDoing) {
  ASSERT_EQ(mkfifo((m_folder / "slow").c_str(), 0600), 0);
  TerminalWindow& window = shell("\"$heaptap\" import slow -o b.heaptap");
  EXPECT_THAT(window.waitFor("heaptap: importing slow, 1 s"), Not(HasSubstr("ended with")));
  std::ofstream(m_folder / "slow") << "no profile";
  EXPECT_THAT(window.waitFor("ended with"),
              AllOf(HasSubstr("not a file that can be imported"), Not(HasSubstr("importing slow,"))));

  // Nothing of it where standard error is no terminal, or nobody wants it.
  for (const char* const quiet :
       {"\"$heaptap\" import slow -o b.heaptap 2>errors", "\"$heaptap\" import -q slow -o b.heaptap"}) {
    TerminalWindow& silent = shell(std::string("(sleep 1.5; echo no profile > slow) & ") + quiet + "; wait");
    EXPECT_THAT(silent.waitFor("ended with"), Not(HasSubstr("importing slow,"))) << quiet;
  }
  std::ifstream errors(m_folder / "errors");
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(errors), {}), Not(HasSubstr("importing slow,")));
}

/// Nothing is left of a file that was not finished.
TEST(Interrupted, AnImportLeavesNothing) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "slow").c_str(), 0600), 0);
  folder.write("mine.heaptap", "somebody's");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ChildProcess import(
        {.argv = {HEAPTAP_COMMAND, "import", "slow", "-o", "b.heaptap"}, .folder = folder.path()});
    std::ofstream opened(folder / "slow");  // Once it reads.
    import.signal(signal);
    EXPECT_EQ(import.finish().status, 128 + signal);
    EXPECT_FALSE(std::filesystem::exists(folder / "b.heaptap"));
  }
  ChildProcess import(
      {.argv = {HEAPTAP_COMMAND, "import", "slow", "-o", "mine.heaptap"}, .folder = folder.path()});
  std::ofstream opened(folder / "slow");
  import.signal(SIGTERM);
  EXPECT_EQ(import.finish().status, 128 + SIGTERM);
  EXPECT_EQ(readFile(folder / "mine.heaptap"), "somebody's");
}

}  // namespace
}  // namespace heaptap::test
