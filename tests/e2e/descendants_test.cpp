// SPDX-License-Identifier: Apache-2.0
//
// What a run leaves on the system, and how it speaks of its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;

bool becomesEmpty(const std::filesystem::path& folder) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!std::filesystem::is_empty(folder)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

TEST(Descendants, OfARunOnADaemonLeaveNoFolderBehind) {
  Daemon daemon;
  TemporaryFolder runtime;
  // Root's runs need a folder that other users may enter.
  std::filesystem::permissions(runtime.path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
  TemporaryFolder gate;
  ASSERT_EQ(runProcess({.argv = {"mkfifo", gate / "fifo"}}).status, 0);
  // The descendant reads from the fifo until a writer has opened it and closed it again.
  Launch launch = daemon.recording({"sh", "-c",
                                    "setsid sh -c 'ls / >/dev/null; cat " + (gate / "fifo").string() +
                                        "' >/dev/null 2>&1 </dev/null & exit 0"});
  launch.environment["XDG_RUNTIME_DIR"] = runtime.path().string();
  EXPECT_EQ(runProcess(launch).status, 0);
  EXPECT_FALSE(std::filesystem::is_empty(runtime.path())) << "the descendant has ended too early";
  ASSERT_EQ(runProcess({.argv = {"sh", "-c", ": > " + (gate / "fifo").string()}}).status, 0);
  EXPECT_TRUE(becomesEmpty(runtime.path()));
}

// Forty at once, and a relay that has descriptors for a few: those that it cannot open yet wait, and are
// recorded whole.
TEST(Descendants, WaitUntilTheRelayHasDescriptorsForThem) {
  Daemon daemon;
  for (const char* const limit : {"--nofile=64:64", "--nofile=32:32"}) {
    Launch launch = daemon.recording({recordedProgram("families"), "together"});
    launch.argv.insert(launch.argv.begin(), {"/usr/bin/prlimit", limit});
    const Outcome outcome = runProcess(launch);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
  int children = 0;
  for (const std::string& session : daemon.list()) {
    const nlohmann::json report = daemon.finalReport(session);
    const nlohmann::json& summary = report.at("summary");
    EXPECT_EQ(summary.at("state"), "complete");
    EXPECT_EQ(summary.at("droppedEvents"), 0);
    if (summary.at("parentSessionId").is_null()) continue;
    ++children;
    EXPECT_EQ(summary.at("allocations"), 50);
    EXPECT_EQ(summary.at("frees"), 30);
    EXPECT_EQ(summary.at("inheritedFrees"), 5);
  }
  EXPECT_EQ(children, 2 * 40);
}

TEST(ClosingLines, AfterAnExecNameTheFileThatTheUserChose) {
  TemporaryFolder folder;
  const Outcome run = runProcess({.argv = {HEAPTAP_COMMAND, "run", "-o", "mine.heaptap", "sh", "-c",
                                           "exec " + recordedProgram("known_heap")},
                                  .folder = folder.path()});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, HasSubstr("  recorded in  mine.heaptap, and after exec in mine.known_heap."));
  EXPECT_THAT(run.err, HasSubstr("  next         heaptap report mine.known_heap."));
  EXPECT_THAT(run.err, HasSubstr("heaptap report mine.heaptap lists all of them\n"));
}

}  // namespace
}  // namespace heaptap::test
