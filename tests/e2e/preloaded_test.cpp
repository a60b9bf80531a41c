// SPDX-License-Identifier: Apache-2.0
// Programs that are started without `heaptap run`: LD_PRELOAD and HEAPTAP_COLLECTOR in their environment.
#include "tests/e2e/preloaded.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::string procFile(pid_t pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The set of signals on one line of /proc/PID/status.
std::uint64_t signals(pid_t pid, const std::string& key) {
  const std::string status = procFile(pid, "status");
  const std::size_t at = status.find("\n" + key + ":");
  return at == std::string::npos ? ~std::uint64_t{0}
                                 : std::stoull(status.substr(at + key.size() + 2), nullptr, 16);
}
bool holds(std::uint64_t set, int signal) { return (set >> (signal - 1) & 1) != 0; }

TEST_F(PreloadedTest, IsRecordedExactly) {
  Daemon daemon;
  const Outcome outcome = run({recordedProgram("known_heap")}, preloaded(daemon.address()));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const auto sessions = daemon.waitForSessions(1);
  ASSERT_EQ(sessions.size(), 1U);
  const auto report = reportOf(sessions[0]);
  EXPECT_EQ(blocksIn(report, "shop::leakTen"), 10);
  EXPECT_EQ(report["summary"].value("allocations", 0), baseline()["allocations"] + 10 + 50 + 10 + 3);
  EXPECT_EQ(report["summary"].value("droppedEvents", -1), 0);
}

TEST_F(PreloadedTest, SeesNothingOfTheRelayThatItStarts) {
  Daemon daemon;
  auto environment = preloaded(daemon.address());
  environment["LD_PRELOAD"] = std::nullopt;
  const Outcome outcome = run({recordedProgram("watches_children"), HEAPTAP_PRELOAD}, environment);
  EXPECT_EQ(outcome.status, 0);
  ASSERT_THAT(outcome.out, testing::StartsWith("unharmed "));
  const std::string pipe = "pipe:[" + outcome.out.substr(9, outcome.out.size() - 10) + "]";
  const pid_t pid = relay();
  ASSERT_NE(pid, 0);
  EXPECT_EQ(getsid(pid), pid);
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd"), "/");
  EXPECT_THAT(procFile(pid, "environ"), Not(HasSubstr("LD_")));
  EXPECT_FALSE(holds(signals(pid, "SigBlk"), SIGUSR2));
  EXPECT_FALSE(holds(signals(pid, "SigIgn"), SIGHUP));
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code gone;
    EXPECT_NE(fs::read_symlink(entry.path(), gone), pipe);
  }
  EXPECT_EQ(daemon.waitForSessions(1).size(), 1U);
}

TEST_F(PreloadedTest, ThatAdoptsOrphansStartsNoRelay) {
  Daemon daemon;
  auto environment = preloaded(daemon.address());
  environment["LD_PRELOAD"] = std::nullopt;
  const Outcome outcome =
      run({recordedProgram("watches_children"), HEAPTAP_PRELOAD, "subreaper"}, environment);
  EXPECT_THAT(outcome.out, HasSubstr("unharmed"));
  EXPECT_THAT(outcome.err, HasSubstr("adopts orphans"));
  EXPECT_EQ(relay(), 0);
}

TEST_F(PreloadedTest, SeveralAtOnceShareOneRelay) {
  Daemon daemon;
  std::vector<std::unique_ptr<ChildProcess>> programs;
  for (int i = 0; i < 4; ++i)
    programs.push_back(std::make_unique<ChildProcess>(
        Launch{.argv = {recordedProgram("known_heap")}, .environment = preloaded(daemon.address())}));
  std::vector<std::string> names;
  for (const auto& program : programs) {
    names.push_back("known_heap." + std::to_string(program->pid()) + ".heaptap");
    const Outcome outcome = program->finish();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
  }
  const auto sessions = daemon.waitForSessions(programs.size());
  for (const std::string& name : names) {
    EXPECT_THAT(sessions, testing::Contains(testing::Property(&fs::path::filename, name)))
        << "each program is a tree of its own";
  }
  const pid_t first = relay();
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(daemon.address())).status, 0);
  EXPECT_EQ(relay(), first);
  EXPECT_EQ(daemon.waitForSessions(programs.size() + 1).size(), programs.size() + 1);
}

TEST_F(PreloadedTest, IsRecordedAtTheCollectorThatItNames) {
  Daemon one;
  Daemon other;
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(one.address())).status, 0);
  EXPECT_EQ(run({recordedProgram("ends")}, preloaded(other.address())).status, 4);
  const auto atOne = one.waitForSessions(1);
  const auto atOther = other.waitForSessions(1);
  ASSERT_EQ(atOne.size(), 1U);
  ASSERT_EQ(atOther.size(), 1U);
  EXPECT_THAT(atOne[0].filename().string(), testing::StartsWith("known_heap."));
  EXPECT_THAT(atOther[0].filename().string(), testing::StartsWith("ends."));
}

TEST_F(PreloadedTest, WithoutACollectorItIsRecordedByTheRelayThatRuns) {
  Daemon daemon;
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(daemon.address())).status, 0);
  EXPECT_EQ(run({recordedProgram("ends")}, preloaded()).status, 4);
  EXPECT_EQ(daemon.waitForSessions(2).size(), 2U);
}

TEST_F(PreloadedTest, WithoutCollectorAndRelayItIsLeftAlone) {
  const Outcome outcome = run({recordedProgram("ends")}, preloaded());
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("this user has no relay"));
  EXPECT_FALSE(fs::exists(relayFolder()));
}

// Calls go straight to the real functions then, by another way than those of a program that is recorded.
TEST_F(PreloadedTest, WithoutCollectorAndRelayItsOperatorsAskNewHandlersAndThrow) {
  const Outcome outcome = run({recordedProgram("operators")}, preloaded());
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "thrown\n");
}

TEST_F(PreloadedTest, ItsChildrenAreLinkedToIt) {
  Daemon daemon;
  const std::string script = recordedProgram("known_heap") + "; " + recordedProgram("ends");
  EXPECT_EQ(run({"/bin/sh", "-c", script}, preloaded(daemon.address())).status, 4);
  std::string names;
  for (const fs::path& file : daemon.waitForSessions(3)) names += file.filename().string() + " ";
  EXPECT_THAT(names, testing::ContainsRegex("sh\\.[0-9]+\\.known_heap\\.[0-9]+"));
}

TEST_F(PreloadedTest, ARelayThatIsMissingHarmsNobody) {
  auto environment = preloaded("unix:/nowhere");
  environment["HEAPTAP_RELAY_PROGRAM"] = "/nowhere/heaptap-relay";
  const Outcome outcome = run({recordedProgram("ends")}, environment);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("heaptap-relay cannot be started"));
}

TEST_F(PreloadedTest, ARelayThatNeverListensIsNotWaitedForForEver) {
  auto environment = preloaded("unix:/nowhere");
  environment["HEAPTAP_RELAY_PROGRAM"] = "/bin/true";
  const Outcome outcome = run({recordedProgram("ends")}, environment);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("no relay listens"));
}

TEST_F(PreloadedTest, ARelayThatHangsIsNotWaitedForForEver) {
  Daemon daemon;
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(daemon.address())).status, 0);
  EXPECT_EQ(daemon.waitForSessions(1).size(), 1U);
  const pid_t pid = relay();
  kill(pid, SIGSTOP);
  const Outcome outcome = run({recordedProgram("ends")}, preloaded(daemon.address()));
  kill(pid, SIGCONT);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("did not answer"));
}

TEST_F(PreloadedTest, ARelativeCollectorPathIsRefused) {
  const Outcome outcome = run({recordedProgram("ends")}, preloaded("unix:collector.sock"));
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("unix:/PATH"));
  // The program may have been told, and ended, before the relay writes it down.
  const auto log = relayFolder() / "relay.log";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (readFile(log).empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_THAT(readFile(log), HasSubstr("asks for a collector"));
}

TEST_F(PreloadedTest, WithTooFewDescriptorsItRunsOnUnrecorded) {
  Daemon daemon;
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(daemon.address())).status, 0);
  auto environment = preloaded(daemon.address());
  environment["LD_PRELOAD"] = std::nullopt;
  // The loader needs one; the connection takes it, and the memory finds none.
  const Outcome outcome =
      run({"/bin/sh", "-c", "ulimit -n 4; LD_PRELOAD=" HEAPTAP_PRELOAD " exec " + recordedProgram("ends")},
          environment);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("ulimit -n"));
  EXPECT_EQ(daemon.waitForSessions(1).size(), 1U) << "none is made for a program that cannot be recorded";
}

TEST_F(PreloadedTest, ARelayLeavesSomeTimeAfterItsLastProgram) {
  Daemon daemon;
  const std::string socket = m_runtime / "private.sock";
  ChildProcess relay({.argv = {HEAPTAP_RELAY_PROGRAM, "--socket", socket, "--collector", daemon.address(),
                               "--linger", "1"}});
  while (!fs::exists(socket)) usleep(1000);
  auto environment = preloaded();
  environment["HEAPTAP_RELAY"] = socket;
  EXPECT_EQ(run({recordedProgram("known_heap")}, environment).status, 0);
  const Outcome left = relay.finish();
  EXPECT_EQ(left.status, 0) << left.err;
  EXPECT_FALSE(fs::exists(socket));
  EXPECT_EQ(blocksIn(reportOf(daemon.waitForSessions(1).at(0)), "shop::leakTen"), 10);
}

TEST_F(PreloadedTest, ASecondRelayForOneSocketIsRefused) {
  Daemon daemon;
  EXPECT_EQ(run({recordedProgram("known_heap")}, preloaded(daemon.address())).status, 0);
  const pid_t first = relay();
  const Outcome second = run({HEAPTAP_RELAY_PROGRAM, "--collector", daemon.address()},
                             {{"XDG_RUNTIME_DIR", m_runtime.path().string()}});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("another heaptap-relay serves this socket"));
  EXPECT_EQ(relay(), first);
}

TEST_F(PreloadedTest, ASocketOfAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can play another user";
  fs::create_directory(relayFolder());
  fs::permissions(relayFolder(), fs::perms::owner_all);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = relayFolder() / "relay.sock";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t bystander = fork();
  if (bystander == 0) {
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bool good = bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    good = good && setgroups(0, nullptr) == 0 && setuid(65534) == 0 && listen(server, 8) == 0;
    static_cast<void>(write(ready[1], good ? "+" : "-", 1));
    pause();
  }
  char word = 0;
  static_cast<void>(read(ready[0], &word, 1));
  EXPECT_EQ(word, '+');
  const Outcome outcome = run({recordedProgram("ends")}, preloaded("unix:/nowhere"));
  kill(bystander, SIGKILL);
  waitpid(bystander, nullptr, 0);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("belongs to another user"));
}

TEST_F(PreloadedTest, AFolderThatOthersMayWriteToIsRefused) {
  fs::create_directory(relayFolder());
  fs::permissions(relayFolder(), fs::perms::all);
  const Outcome outcome = run({recordedProgram("ends")}, preloaded("unix:/nowhere"));
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("belongs to another user"));
  EXPECT_EQ(relay(), 0);
}

}  // namespace
}  // namespace heaptap::test
