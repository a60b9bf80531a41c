// SPDX-License-Identifier: Apache-2.0
//
// `heaptap top` in a real terminal, while a real program allocates what it is told to.
#include <gmock/gmock.h>

#include <csignal>
#include <optional>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"
#include "tests/support/process_tree.h"
#include "tests/support/terminal_window.h"

namespace heaptap::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// A recorded program that does what it is told, and a terminal beside it.
class Top : public testing::Test {
 protected:
  void SetUp() override {
    m_live.emplace(std::vector<std::string>{recordedProgram("obeys")});
    tell("recording");
  }
  /// Returns once the program has done it.
  void tell(const std::string& line) {
    m_live->tell(line);
    m_live->waitFor("ok " + std::to_string(++m_told) + "\n");
  }
  [[nodiscard]] std::string pid() const { return std::to_string(m_live->command(recordedProgram("obeys"))); }

  /// What the shell says after `heaptap top` has ended: its status, and whether the terminal is as it was.
  static constexpr const char* kThenTell =
      "\necho \"ended with $?\"\nstty -a | grep -ow -e '-*echo' -e '-*icanon' | tr '\\n' ' '\nexec cat";
  void watch(std::vector<std::string> options, TerminalWindow::Size size = {},
             const std::map<std::string, std::optional<std::string>>& environment = {}) {
    std::vector<std::string> argv{
        "sh",         "-c", std::string("trap : INT\n\"$@\"") + kThenTell, "sh", HEAPTAP_COMMAND, "top",
        "--interval", "0.1"};
    argv.insert(argv.end(), options.begin(), options.end());
    m_window.emplace(Launch{.argv = argv, .environment = environment, .folder = m_live->folder()}, size);
  }

  std::optional<LiveRecording> m_live;
  std::optional<TerminalWindow> m_window;
  int m_told = 0;
};

/// The line of the screen that has a text.
std::string lineWith(const std::string& screen, std::string_view text) {
  const std::size_t at = screen.find(text);
  if (at == std::string::npos) return {};
  const std::size_t begin = screen.rfind('\n', at);
  return screen.substr(begin == std::string::npos ? 0 : begin + 1, screen.find('\n', at) - begin - 1);
}

TEST_F(Top, ShowsWhatARunningProgramAllocates) {
  tell("allocate 1000");
  watch({pid()});
  EXPECT_THAT(lineWith(m_window->waitFor("allocateBlocks"), "allocateBlocks"), HasSubstr("39.1 KiB"));
  tell("allocate 1000");
  const std::string grown = m_window->waitFor("78.1 KiB");
  // Since the first look.
  EXPECT_THAT(lineWith(grown, "allocateBlocks"), AllOf(HasSubstr("78.1 KiB"), HasSubstr("+39.1 KiB")));
  EXPECT_THAT(grown, AllOf(HasSubstr("obeys"), HasSubstr("pid " + pid()), ContainsRegex("live [0-9.]+ m?s"),
                           HasSubstr("resident")));
  tell("more 5000");
  m_window->waitFor("allocateMore");
  const std::string both = m_window->waitFor("488 KiB");
  EXPECT_LT(both.find("allocateMore"), both.find("allocateBlocks")) << "most first\n" << both;
}

TEST_F(Top, SortsFiltersPausesAndQuits) {
  tell("allocate 5000");
  tell("more 10");
  watch({pid()});
  std::string screen = m_window->waitFor("allocateMore");
  EXPECT_LT(screen.find("allocateBlocks"), screen.find("allocateMore")) << screen;
  // By the change since now, of which only one has any.
  m_window->type("zc");
  tell("more 10");
  screen = m_window->waitFor("CHANGE*");
  m_window->waitFor("+1000 B");
  screen = m_window->screen();
  EXPECT_LT(screen.find("allocateMore"), screen.find("allocateBlocks")) << screen;

  m_window->type("/MORE");
  m_window->waitFor("no call site has");
  for (int i = 0; i < 4; ++i) m_window->press("BSpace");
  m_window->type("more");
  screen = m_window->waitUntilGone("allocateBlocks");
  EXPECT_THAT(screen, AllOf(HasSubstr("filter: more"), HasSubstr("allocateMore")));
  m_window->press("Enter");
  m_window->press("Escape");
  m_window->waitFor("allocateBlocks");

  m_window->press("Space");
  m_window->waitFor("PAUSED");
  tell("more 5000");
  EXPECT_THAT(m_window->screen(), Not(HasSubstr("490 KiB")));
  m_window->press("Space");
  m_window->waitFor("490 KiB");

  m_window->type("?");
  m_window->waitFor("changes count from now");
  m_window->type("q");
  m_window->waitUntilGone("changes count from now");
  m_window->type("q");
  EXPECT_THAT(m_window->waitFor("icanon"), AllOf(HasSubstr("ended with 0"), HasSubstr("icanon echo")));
  EXPECT_THAT(m_window->screen(), Not(HasSubstr("allocateBlocks"))) << "the screen before is back";
}

TEST_F(Top, TheStackOfACallSiteIsShown) {
  tell("allocate 100");
  watch({"--filter", "allocateBlocks", pid()});
  m_window->waitFor("obeys.cpp:");  // Names come a little later than numbers.
  m_window->press("Enter");
  const std::string stack = m_window->waitFor("innermost function first");
  EXPECT_THAT(stack,
              AllOf(ContainsRegex("allocateBlocks[^\n]*obeys.cpp:"), ContainsRegex("main[^\n]*obeys.cpp:")));
  // Behind the heading: the program's path, above it, may have any names.
  const std::string frames = stack.substr(stack.find("innermost function first"));
  EXPECT_LT(frames.find("allocateBlocks"), frames.find("main"));
  m_window->press("Enter");
  m_window->waitFor("CALL SITE");
}

TEST_F(Top, SaysThatTheSessionHasEndedAndStays) {
  tell("allocate 1000");
  watch({pid()});
  m_window->waitFor("allocateBlocks");
  EXPECT_EQ(m_live->finish().status, 0);
  const std::string end = m_window->waitFor("ended after");
  EXPECT_THAT(end, AllOf(HasSubstr("exited"), HasSubstr("39.1 KiB"), HasSubstr("AT PEAK"),
                         HasSubstr("allocateBlocks")));
  m_window->type("q");
  m_window->waitFor("ended with 0");
}

TEST_F(Top, FitsIntoAnyTerminal) {
  tell("allocate 1000");
  watch({pid()});
  m_window->waitFor("allocateBlocks");
  m_window->resize({.columns = 20, .rows = 5});
  std::string screen = m_window->waitUntilGone("GROWTH");
  EXPECT_THAT(screen, AllOf(HasSubstr("live"), HasSubstr("39.1 KiB")));
  m_window->resize({.columns = 4, .rows = 1});
  m_window->waitUntilGone("live");
  m_window->resize({.columns = 200, .rows = 60});
  screen = m_window->waitFor("BLOCKS");
  EXPECT_THAT(screen,
              AllOf(HasSubstr("CHANGE"), HasSubstr("GROWTH/s"), HasSubstr("ALLOCS/s"), HasSubstr("← main")));
}

TEST_F(Top, GivesTheTerminalBackWhateverEndsIt) {
  tell("allocate 1000");
  for (const auto& [signal, status] :
       {std::pair{SIGTERM, "143"}, {SIGHUP, "129"}, {SIGSEGV, "139"}, {SIGABRT, "134"}}) {
    watch({pid()});
    m_window->waitFor("allocateBlocks");
    const pid_t top = childOf(m_window->pid(), HEAPTAP_COMMAND);
    ASSERT_EQ(kill(top, signal), 0);
    EXPECT_THAT(m_window->waitFor("icanon"), AllOf(HasSubstr(std::string("ended with ") + status),
                                                   HasSubstr("icanon echo"), Not(HasSubstr("CALL SITE"))));
  }
  watch({pid()});
  m_window->waitFor("allocateBlocks");
  m_window->press("C-c");
  EXPECT_THAT(m_window->waitFor("icanon"), AllOf(HasSubstr("ended with 130"), HasSubstr("icanon echo")));
}

TEST_F(Top, HasNoColoursWhereNobodyWantsThem) {
  tell("allocate 1000");
  constexpr const char* kGreen = "\033[32m";
  watch({pid()});
  m_window->waitFor("allocateBlocks");
  EXPECT_THAT(m_window->colouredScreen(), HasSubstr(kGreen));
  watch({pid()}, {}, {{"NO_COLOR", "1"}});
  m_window->waitFor("allocateBlocks");
  EXPECT_THAT(m_window->colouredScreen(), Not(HasSubstr(kGreen)));
  watch({"--no-color", pid()});
  m_window->waitFor("allocateBlocks");
  EXPECT_THAT(m_window->colouredScreen(), Not(HasSubstr(kGreen)));
}

TEST_F(Top, IsTextForScripts) {
  tell("allocate 1000");
  const auto top = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {HEAPTAP_COMMAND, "top", "--interval", "0.1"});
    return runProcess({.argv = arguments, .folder = m_live->folder()});
  };
  const Outcome once = top({pid()});
  EXPECT_EQ(once.status, 0) << once.err;
  EXPECT_THAT(once.out, AllOf(HasSubstr("CALL SITE\n"), HasSubstr("39.1 KiB"), Not(HasSubstr("\033"))));
  const Outcome thrice = top({"--rounds", "3", pid()});
  EXPECT_EQ(thrice.status, 0) << thrice.err;
  std::size_t rounds = 0;
  for (std::size_t at = thrice.out.find("CALL SITE"); at != std::string::npos;
       at = thrice.out.find("CALL SITE", at + 1))
    ++rounds;
  EXPECT_EQ(rounds, 3U) << thrice.out;
  EXPECT_EQ(m_live->finish().status, 0);
  const Outcome stored = top({"recording.heaptap", "--rounds", "3", "--top", "1", "--sort", "allocations"});
  EXPECT_EQ(stored.status, 0) << stored.err;
  EXPECT_THAT(stored.out,
              AllOf(HasSubstr("ended after"), HasSubstr("allocateBlocks"), HasSubstr("more call site")));
  EXPECT_EQ(stored.out.find("CALL SITE"), stored.out.rfind("CALL SITE")) << "nothing changes any more";
}

TEST_F(Top, WhatCannotBeWatchedIsAnErrorOfOneLine) {
  const auto top = [&](const std::string& target) {
    return runProcess({.argv = {HEAPTAP_COMMAND, "top", target}, .folder = m_live->folder()});
  };
  const Outcome missing = top("nothing.heaptap");
  EXPECT_EQ(missing.status, 3);
  EXPECT_THAT(missing.err, testing::StartsWith("heaptap: nothing.heaptap: "));
  const Outcome unrecorded = top(std::to_string(getpid()));
  EXPECT_NE(unrecorded.status, 0);
  EXPECT_THAT(unrecorded.err, HasSubstr("was not started by heaptap run"));
  // On a terminal, too, and it stays readable.
  watch({"nothing.heaptap"});
  EXPECT_THAT(m_window->waitFor("icanon"),
              AllOf(HasSubstr("heaptap: nothing.heaptap: "), HasSubstr("icanon echo")));
}

}  // namespace
}  // namespace heaptap::test
