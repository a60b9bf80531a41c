// SPDX-License-Identifier: Apache-2.0
//
// The daemon as its users meet it: real processes, a real socket, real session files.
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/support/child_process.h"
#include "tests/support/spelled_out.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {
namespace {

class Heaptapd : public testing::Test {
 protected:
  [[nodiscard]] Launch daemon() const {
    return {.argv = {HEAPTAPD, "--listen", m_address, "--data", m_folder / "data"}};
  }
  [[nodiscard]] Outcome heaptap(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), HEAPTAP_COMMAND);
    return runProcess({.argv = std::move(arguments)});
  }
  // Records a small program on the daemon and returns the ids of all sessions that it has then.
  [[nodiscard]] std::vector<std::string> record() const {
    const Outcome run =
        heaptap({"run", "-q", "--collector", m_address, "--", "jq", "-n", "[range(100)] | length"});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.out, "100\n");
    return sessions();
  }
  [[nodiscard]] std::vector<std::string> sessions() const {
    const Outcome list = heaptap({"ls", "--collector", m_address});
    EXPECT_EQ(list.status, 0) << list.err;
    std::vector<std::string> ids;
    for (std::size_t at = 0; at + 32 <= list.out.size(); ++at) {
      const std::string word = list.out.substr(at, 32);
      if (word.find_first_not_of("0123456789abcdef") == std::string::npos) ids.push_back(word);
    }
    return ids;
  }
  TemporaryFolder m_folder;
  std::string m_address = "unix:" + (m_folder / "socket").string();
};

TEST_F(Heaptapd, KeepsSessionsAndAnswersAboutThem) {
  ChildProcess process(daemon());
  ASSERT_TRUE(process.waitForOutput("listening on"));
  const auto ids = record();
  ASSERT_EQ(ids.size(), 1U);
  const Outcome report = heaptap({"report", "--json", "--collector", m_address, ids[0].substr(0, 8)});
  ASSERT_EQ(report.status, 0) << report.err;
  const auto json = test::reportIn(report.out);
  EXPECT_EQ(json["summary"]["state"], "complete");
  EXPECT_GT(json["summary"]["allocations"].get<int>(), 1000);
  EXPECT_EQ(json["summary"]["unmatchedFrees"], 0);
  process.signal(SIGTERM);
  EXPECT_EQ(process.finish().status, 0);
}

TEST_F(Heaptapd, SaysSoWhenItHasFewDescriptors) {
  Launch launch = daemon();
  launch.argv.insert(launch.argv.begin(), {"/usr/bin/prlimit", "--nofile=64:64"});
  ChildProcess process(launch);
  ASSERT_TRUE(process.waitForOutput("listening on"));
  EXPECT_TRUE(process.waitForError("64 file descriptors, which are enough for 8 sessions at once"));
  EXPECT_EQ(record().size(), 1U);
  process.signal(SIGTERM);
  EXPECT_EQ(process.finish().status, 0);
}

TEST_F(Heaptapd, ServesWhatAnEarlierOneStored) {
  {
    ChildProcess first(daemon());
    ASSERT_TRUE(first.waitForOutput("listening on"));
    ASSERT_EQ(record().size(), 1U);
    first.signal(SIGKILL);
    EXPECT_EQ(first.finish().status, 128 + SIGKILL);
  }
  ChildProcess second(daemon());
  ASSERT_TRUE(second.waitForOutput("listening on"));
  EXPECT_EQ(sessions().size(), 1U);
  EXPECT_EQ(record().size(), 2U);
}

TEST_F(Heaptapd, LetsOnlyThisUserConnect) {
  ChildProcess process(daemon());
  ASSERT_TRUE(process.waitForOutput("listening on"));
  const auto permissions = std::filesystem::status(m_folder / "socket").permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Heaptapd, RefusesAFolderThatAnotherKeeps) {
  ChildProcess process(daemon());
  ASSERT_TRUE(process.waitForOutput("listening on"));
  const Outcome second = runProcess(
      {.argv = {HEAPTAPD, "--listen", "unix:" + (m_folder / "other").string(), "--data", m_folder / "data"}});
  EXPECT_EQ(second.status, 6);
  EXPECT_NE(second.err.find("another heaptapd"), std::string::npos) << second.err;
}

TEST_F(Heaptapd, ServesTheOthersWhenOneFileIsDamaged) {
  std::filesystem::create_directory(m_folder / "data");
  m_folder.write("data/damaged.heaptap", "this is no session");
  ChildProcess process(daemon());
  ASSERT_TRUE(process.waitForOutput("listening on"));
  EXPECT_EQ(record().size(), 1U);
  process.signal(SIGTERM);
  EXPECT_NE(process.finish().err.find("damaged.heaptap"), std::string::npos);
}

TEST_F(Heaptapd, RemovesWhatIsBeyondTheLimitsOfItsFolder) {
  std::filesystem::create_directory(m_folder / "data");
  m_folder.write("data/damaged.heaptap", "this is no session");
  Launch launch = daemon();
  launch.argv.insert(launch.argv.end(), {"--max-age", "1s"});
  ChildProcess process(launch);
  ASSERT_TRUE(process.waitForOutput("listening on"));
  (void)record();  // It may be gone before it is listed.
  EXPECT_TRUE(process.waitForError("beyond --max-age"));
  EXPECT_TRUE(sessions().empty());
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(m_folder / "data"))
    if (entry.path().extension() == ".heaptap") left.push_back(entry.path().filename());
  EXPECT_EQ(left, std::vector<std::string>{"damaged.heaptap"});
  process.signal(SIGTERM);
  const Outcome ended = process.finish();
  EXPECT_EQ(ended.status, 0);
  EXPECT_NE(ended.err.find("heaptapd: removed "), std::string::npos) << ended.err;
}

TEST_F(Heaptapd, RefusesAnAgeThatIsNone) {
  Launch launch = daemon();
  launch.argv.insert(launch.argv.end(), {"--max-age", "soon"});
  const Outcome refused = runProcess(launch);
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("12h, 30d"), std::string::npos) << refused.err;
}

TEST_F(Heaptapd, RefusesAnAddressThatOthersCanReach) {
  const Outcome exposed =
      runProcess({.argv = {HEAPTAPD, "--listen", "0.0.0.0:0", "--data", m_folder / "data"}});
  EXPECT_EQ(exposed.status, 7);
  EXPECT_NE(exposed.err.find("--insecure"), std::string::npos) << exposed.err;
}

}  // namespace
}  // namespace heaptap::test
