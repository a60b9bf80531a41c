// SPDX-License-Identifier: Apache-2.0
//
// The recipes of docs/terminal.md, run as they are but for names of processes, sessions and sockets.
#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <regex>
#include <thread>

#include "tests/e2e/daemon.h"
#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"
#include "tests/support/document_recipes.h"
#include "tests/support/terminal_window.h"

namespace heaptap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A program that is recorded by `run`, one that a daemon records, and one that has ended.
class RecipesOfTerminal : public testing::Test {
 protected:
  void SetUp() override {
    m_recorded.emplace(m_daemon.recording({recordedProgram("obeys")}));
    m_recorded->writeInput("allocate 1000\n");
    ASSERT_TRUE(m_recorded->waitForOutput("ok 1\n"));
    const Outcome ended = runProcess(
        {.argv = {HEAPTAP_COMMAND, "run", "-q", "-o", "app.4711.heaptap", "--", recordedProgram("obeys")},
         .folder = m_folder.path()},
        "allocate 1000\n");
    ASSERT_EQ(ended.status, 0) << ended.err;
    m_live.tell("allocate 1000");
    m_live.waitFor("ok 1\n");
  }
  /// A command of the page with names of this test.
  std::string here(std::string line) const {
    const auto put = [&line](const char* pattern, const std::string& text) {
      line = std::regex_replace(line, std::regex(pattern), text);
    };
    put("unix:/tmp/daemon\\.sock 3f2a", m_daemon.address() + " " + m_daemon.list().begin()->substr(0, 12));
    put("\\b4711\\b(?!\\.heaptap)", std::to_string(m_live.command(recordedProgram("obeys"))));
    const std::string bin = std::filesystem::path(HEAPTAP_COMMAND).parent_path().string();
    return "PATH=" + bin + ":$PATH\n" + line;
  }

  TemporaryFolder m_folder;
  Daemon m_daemon;
  std::optional<ChildProcess> m_recorded;
  LiveRecording m_live{{recordedProgram("obeys")}};
};

TEST_F(RecipesOfTerminal, ShowWhatTheySay) {
  const auto recipes = recipesOf(HEAPTAP_SOURCE_FOLDER "/docs/terminal.md");
  ASSERT_GE(recipes.size(), 2U);
  std::size_t shown = 0;
  std::vector<std::string> scripts;
  for (const auto& recipe : recipes)
    for (const std::string& line : recipe) {
      SCOPED_TRACE(line);
      ASSERT_EQ(line.find("heaptap top "), 0U) << "no test runs this recipe";
      if (line.find("--once") != std::string::npos || line.find("--rounds") != std::string::npos) {
        scripts.push_back(line);
        continue;
      }
      TerminalWindow window({.argv = {"sh", "-c", here(line) + "\necho \"ended with $?\"\nexec cat"},
                             .environment = {},
                             .folder = m_folder.path()},
                            {.columns = 110, .rows = 40});
      EXPECT_THAT(window.waitFor("allocateBlocks"), AllOf(HasSubstr("39.1 KiB"), HasSubstr("CALL SITE")));
      window.type("q");
      window.waitFor("ended with 0");
      ++shown;
    }
  EXPECT_GE(shown, 3U);

  ASSERT_EQ(scripts.size(), 2U);
  const auto launch = [this](const std::string& line) {
    return Launch{.argv = {"sh", "-c", here(line)}, .environment = {}, .folder = m_folder.path()};
  };
  const Outcome once = runProcess(launch(scripts[0]));
  EXPECT_EQ(once.status, 0) << once.err;
  EXPECT_THAT(once.out, AllOf(HasSubstr("39.1 KiB"), HasSubstr("allocateBlocks")));

  // Ten minutes of rounds end with the program.
  m_folder.write("grows.txt", "of before\n");
  ChildProcess rounds(launch(scripts[1]));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (readFile(m_folder / "grows.txt").find("allocateBlocks") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << readFile(m_folder / "grows.txt");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(m_live.finish().status, 0);
  const Outcome ended = rounds.finish();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(readFile(m_folder / "grows.txt"), AllOf(HasSubstr("of before\n"), HasSubstr("ended after")));
}

}  // namespace
}  // namespace heaptap::test
