// SPDX-License-Identifier: Apache-2.0
//
// What is left, and said, where the collector of a run ends before its time, or has no room.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <set>
#include <utility>

#include "tests/support/child_process.h"
#include "tests/support/process_tree.h"
#include "tests/support/spelled_out.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;
using test::ChildProcess;
using test::Outcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LostRecording : public ::testing::Test, public ::testing::WithParamInterface<int> {
 protected:
  [[nodiscard]] test::Launch launch(std::vector<std::string> arguments) const {
    return {.argv = std::move(arguments),
            .environment = {{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}},
            .folder = m_folder.path()};
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(m_folder.path()))
      names.insert(entry.path().filename().string());
    return names;
  }

  /// What is in each file, and when it was changed; but for SQLite's index, in which readers take their
  /// locks.
  [[nodiscard]] std::map<std::string, std::pair<std::string, fs::file_time_type>> contentsOfFolder() const {
    std::map<std::string, std::pair<std::string, fs::file_time_type>> contents;
    for (const std::string& name : files())
      if (!name.ends_with("-shm"))
        contents[name] = {test::readFile(m_folder / name), fs::last_write_time(m_folder / name)};
    return contents;
  }

  test::TemporaryFolder m_folder;
};

TEST_P(LostRecording, ACollectorThatEndsLeavesOneFileAndNoRelay) {
  ChildProcess process(launch({HEAPTAP_PROGRAM, "run", "-o", "x.heaptap", "sh", "-c",
                               "ls / >/dev/null; echo ready; cat >/dev/null; exit 5"}));
  ASSERT_TRUE(process.waitForOutput("ready\n"));
  const auto report = [this] {
    return runProcess(launch({HEAPTAP_PROGRAM, "report", "--json", "x.heaptap"}));
  };
  while (report().status != 0) continue;  // Until the collector has the session.
  const pid_t collector = test::childOf(process.pid(), "private-collector");
  const pid_t relay = test::childOf(process.pid(), "heaptap-relay");
  ASSERT_GT(collector, 0);
  ASSERT_GT(relay, 0);
  ASSERT_EQ(kill(collector, GetParam()), 0);
  // Not after the time that it has for a collector that may come back.
  EXPECT_TRUE(test::endsWithin(relay, std::chrono::seconds(20)));
  const Outcome outcome = process.finish();
  EXPECT_EQ(outcome.status, 5) << "COMMAND has run on";
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the collector ended early"),
                                 HasSubstr("what was stored before is kept in x.heaptap"),
                                 HasSubstr("heaptap report x.heaptap")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("the relay ended early")));
  for (const std::string& file : files())
    EXPECT_TRUE(file.ends_with(".heaptap")) << file << " is left beside the sessions";
  EXPECT_EQ(test::reportIn(report().out)["summary"]["state"], "cutShort");
}
INSTANTIATE_TEST_SUITE_P(Heaptap, LostRecording, ::testing::Values(SIGKILL, SIGTERM), [](const auto& signal) {
  return std::string(signal.param == SIGKILL ? "Killed" : "AskedTo");
});

TEST_F(LostRecording, WhatIsLeftWhereEverybodyIsKilledIsRecovered) {
  ChildProcess process(
      launch({HEAPTAP_PROGRAM, "run", "-o", "x.heaptap", "sh", "-c", "ls / >/dev/null; echo ready; cat"}));
  ASSERT_TRUE(process.waitForOutput("ready\n"));
  const auto report = [this] {
    return runProcess(launch({HEAPTAP_PROGRAM, "report", "--json", "x.heaptap"}));
  };
  while (report().status != 0) continue;
  EXPECT_THAT(report().err, Not(HasSubstr("recover"))) << "it is being recorded";
  EXPECT_EQ(runProcess(launch({HEAPTAP_PROGRAM, "recover", "x.heaptap"})).status, 8);
  const pid_t collector = test::childOf(process.pid(), "private-collector");
  const pid_t relay = test::childOf(process.pid(), "heaptap-relay");
  process.signal(SIGKILL);
  for (const pid_t companion : {collector, relay}) ASSERT_EQ(kill(companion, SIGKILL), 0);
  ASSERT_TRUE(test::endsWithin(collector, std::chrono::seconds(20)));
  ASSERT_TRUE(files().contains("x.heaptap.reserve"));
  const auto before = test::reportIn(report().out);
  const auto contents = contentsOfFolder();
  for (const char* command : {"ls", "report"})
    EXPECT_THAT(runProcess(launch({HEAPTAP_PROGRAM, command, "x.heaptap"})).err,
                HasSubstr("x.heaptap: its collector was killed, and has left files beside it; try: heaptap "
                          "recover x.heaptap\n"));
  EXPECT_THAT(runProcess(launch({HEAPTAP_PROGRAM, "query", "x.heaptap", "SELECT 1"})).err,
              HasSubstr("x.heaptap: its collector was killed, and has left files beside it"));
  for (const char* command : {"blocks", "verify"})
    EXPECT_EQ(runProcess(launch({HEAPTAP_PROGRAM, command, "x.heaptap"})).status, 0) << command;
  EXPECT_EQ(contentsOfFolder(), contents) << "reading has changed a file";
  EXPECT_EQ(runProcess(launch({HEAPTAP_PROGRAM, "recover", "x.heaptap", "-o", "y.heaptap"})).status, 2);
  const Outcome recovered = runProcess(launch({HEAPTAP_PROGRAM, "recover", "x.heaptap"}));
  EXPECT_EQ(recovered.status, 0) << recovered.err;
  EXPECT_THAT(recovered.err, HasSubstr("next: heaptap report x.heaptap\n"));
  for (const std::string& file : files())
    EXPECT_FALSE(file.starts_with("x.heaptap") && file != "x.heaptap") << file << " is left";
  EXPECT_EQ(test::reportIn(report().out), before) << "not a number is lost";
  EXPECT_EQ(before["summary"]["state"], "cutShort");
}

TEST_F(LostRecording, WithoutRoomNothingIsStarted) {
  std::vector<std::string> unshare{"unshare", "--mount"};
  if (geteuid() != 0) unshare.insert(unshare.end(), {"--user", "--map-root-user"});
  unshare.insert(unshare.end(),
                 {"sh", "-c",
                  "mount -t tmpfs -o size=64k none . && cd . && cat /dev/zero > full 2>/dev/null; " +
                      std::string(HEAPTAP_PROGRAM) +
                      " run -o x.heaptap -- sh -c 'echo runs; exit 3'; status=$?; ls; exit $status"});
  const Outcome outcome = runProcess(launch(unshare));
  EXPECT_EQ(outcome.status, 125) << outcome.err;
  EXPECT_EQ(outcome.out, "full\n");
  EXPECT_EQ(
      outcome.err,
      "heaptap: x.heaptap: cannot be written: the disk, or what may be used of it, is full; make room, or "
      "choose another disk with -o FILE\n");
}

/// Whatever is printed: that it could not be is no success.
TEST_F(LostRecording, AnOutputThatCannotBeWrittenIsNoSuccess) {
  ASSERT_EQ(runProcess(launch({HEAPTAP_PROGRAM, "run", "-q", "-o", "x.heaptap", "ls"})).status, 0);
  for (const std::string arguments :
       {"--help", "--version", "run --help", "report --help", "report x.heaptap", "report --json x.heaptap",
        "ls", "top --once x.heaptap", "diff x.heaptap x.heaptap", "check x.heaptap", "suppress x.heaptap",
        "export -f folded x.heaptap", "completion bash", "doctor", "doctor ls"}) {
    const Outcome outcome =
        runProcess(launch({"sh", "-c", std::string(HEAPTAP_PROGRAM) + " " + arguments + " >/dev/full"}));
    EXPECT_EQ(outcome.status, 7) << arguments;
    EXPECT_THAT(outcome.err, HasSubstr("standard output: could not be written")) << arguments;
  }
  for (const std::string program : {HEAPTAP_DAEMON, HEAPTAP_RELAY_PROGRAM})
    for (const char* word : {" --help", " --version"})
      EXPECT_EQ(runProcess(launch({"sh", "-c", program + word + " >/dev/full"})).status, 7)
          << program << word;
}

}  // namespace
}  // namespace heaptap::cli
