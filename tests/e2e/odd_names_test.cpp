// SPDX-License-Identifier: Apache-2.0
//
// Names that are not UTF-8, of files, folders and arguments; and sessions that are none any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// An é as Latin-1 has it, and how it is shown.
constexpr const char* kByte = "\xE9";
constexpr const char* kShown = "\xEF\xBF\xBD";

fs::path sessionIn(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".heaptap") return entry.path();
  return {};
}

class OddNames : public testing::Test {
 protected:
  OddNames() {
    fs::create_directory(m_odd);
    fs::copy_file(recordedProgram("known_heap"), m_program);
  }
  void expectShown(const nlohmann::json& report) const {
    const nlohmann::json& summary = report.at("summary");
    EXPECT_EQ(summary.at("command").at(1), std::string("caf") + kShown);
    EXPECT_THAT(summary.at("executable").get<std::string>(), EndsWith(std::string("prog") + kShown));
    EXPECT_GT(summary.at("allocations"), 10);
    EXPECT_THAT(report.dump(), HasSubstr("leakTen"));
  }

  TemporaryFolder m_folder;
  const fs::path m_odd = m_folder / (std::string("f") + kByte);
  const fs::path m_program = m_odd / (std::string("prog") + kByte);
  const std::vector<std::string> m_command{m_program, std::string("caf") + kByte};
};

TEST_F(OddNames, AreRecordedAndReportedFromTheirFile) {
  const fs::path file = m_odd / (std::string("s") + kByte + ".heaptap");
  std::vector<std::string> argv{HEAPTAP_COMMAND, "run", "-o", file, "--"};
  argv.insert(argv.end(), m_command.begin(), m_command.end());
  const Outcome run = runProcess({.argv = argv, .folder = m_odd});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("libprotobuf")));
  const Outcome json = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", file}});
  ASSERT_EQ(json.status, 0) << json.err;
  EXPECT_EQ(json.err, "");
  expectShown(nlohmann::json::parse(json.out));
  const Outcome text = runProcess({.argv = {HEAPTAP_COMMAND, "report", file}});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_EQ(text.err, "");
  EXPECT_THAT(text.out, HasSubstr("$'caf\\351'")) << "the command can be pasted";
  const Outcome list = runProcess({.argv = {HEAPTAP_COMMAND, "ls", m_odd}});
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr(kShown));
}

TEST_F(OddNames, AreToldByACollector) {
  Daemon daemon;
  Launch recording = daemon.recording(m_command);
  recording.folder = m_odd;
  const Outcome run = runProcess(recording);
  ASSERT_EQ(run.status, 0) << run.err;
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  expectShown(daemon.finalReport(*sessions.begin()));
}

/// Names that the program itself has given: of a thread, a heap and a mark.
class OddNamesInside : public testing::Test {
 protected:
  static void expectShown(const nlohmann::json& report) {
    const std::string heap = std::string("h") + kShown + "ap";
    const nlohmann::json& summary = report.at("summary");
    ASSERT_EQ(summary.at("heaps").size(), 1U) << summary.dump(1);
    EXPECT_EQ(summary.at("heaps").at(0).at("name"), heap);
    ASSERT_EQ(summary.at("marks").size(), 1U);
    EXPECT_EQ(summary.at("marks").at(0).at("name"), std::string("m") + kShown + "rk");
    ASSERT_EQ(report.at("findings").size(), 1U);
    EXPECT_EQ(report.at("findings").at(0).at("heap"), heap);
    EXPECT_EQ(report.at("findings").at(0).at("threadName"), std::string("thr") + kShown + "\"ad");
  }
  static void expectText(const Outcome& text) {
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_EQ(text.err, "");
    for (const char* name : {"h%ap", "thr%\"ad", "m%rk"}) {
      std::string shown = name;
      shown.replace(shown.find('%'), 1, kShown);
      EXPECT_THAT(text.out, HasSubstr(shown));
    }
  }
  const std::vector<std::string> m_command{recordedProgram("heaps"), "odd"};
};

TEST_F(OddNamesInside, AreRecordedAndReportedFromTheirFile) {
  const Recording recording(m_command);
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_THAT(recording.outcome().err, Not(HasSubstr("libprotobuf")));
  const fs::path file = sessionIn(recording.folder());
  const Outcome json = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", file}});
  ASSERT_EQ(json.status, 0) << json.err;
  EXPECT_EQ(json.err, "");
  expectShown(nlohmann::json::parse(json.out));
  expectText(runProcess({.argv = {HEAPTAP_COMMAND, "report", file}}));
  const std::string heap = std::string("h") + kByte + "ap";
  const Outcome chosen = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--heap", heap, file}});
  EXPECT_EQ(chosen.status, 0) << "the name as the program gave it" << chosen.err;
  EXPECT_THAT(chosen.out, HasSubstr("takeBlock"));
}

TEST_F(OddNamesInside, AreToldByACollector) {
  Daemon daemon;
  const Outcome run = runProcess(daemon.recording(m_command));
  ASSERT_EQ(run.status, 0) << run.err;
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  expectShown(daemon.finalReport(*sessions.begin()));
  expectText(
      runProcess({.argv = {HEAPTAP_COMMAND, "report", "--collector", daemon.address(), *sessions.begin()}}));
}

TEST(StoredSessions, ThatAreNoneAnyMoreEndAReportAsTheirFileDoes) {
  Daemon daemon;
  ASSERT_EQ(runProcess(daemon.recording({recordedProgram("does_nothing")})).status, 0);
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  const std::string file = sessionIn(daemon.sessions());
  ASSERT_FALSE(file.empty());
  std::ofstream(file) << "This was a session, and is a text of some length now.\n";
  const Outcome direct = runProcess({.argv = {HEAPTAP_COMMAND, "report", file}});
  EXPECT_EQ(direct.status, 4) << direct.err;
  const Outcome told =
      runProcess({.argv = {HEAPTAP_COMMAND, "report", "--collector", daemon.address(), *sessions.begin()}});
  EXPECT_EQ(told.status, 4) << told.err;
  EXPECT_THAT(told.err, HasSubstr("not a heaptap session"));
}

}  // namespace
}  // namespace heaptap::test
