// SPDX-License-Identifier: Apache-2.0
//
// What root's command starts as another user.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// heaptap and a program to record, in a folder that other users may enter or not.
class CopiedInstallation {
 public:
  explicit CopiedInstallation(mode_t mode) {
    const fs::path bin = fs::path(HEAPTAP_COMMAND).parent_path();
    const fs::path lib = fs::path(HEAPTAP_PRELOAD).parent_path();
    fs::create_directories(m_folder / "lib/heaptap");
    fs::create_directories(m_folder / "bin");
    for (const char* name : {"heaptap", "heaptap-relay"}) copy(bin / name, "bin");
    for (const char* name : {"libheaptap_preload.so", "libheaptap.so.1", "libheaptap_stand_aside.so"})
      copy(lib / name, "lib/heaptap");
    chmod(m_folder.path().c_str(), mode);
    chmod(m_program.path().c_str(), 0755);
    fs::copy_file(recordedProgram("known_heap"), m_program / "known_heap");
  }

  /// As user and group 65534, known_heap under `heaptap run`.
  Outcome run(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> argv{m_folder / "bin/heaptap", "run"};
    argv.insert(argv.end(), options.begin(), options.end());
    const std::vector<std::string> command{
        "--", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", m_program / "known_heap"};
    argv.insert(argv.end(), command.begin(), command.end());
    return runProcess({.argv = argv, .folder = m_sessions.path()});
  }

  [[nodiscard]] std::vector<Report> reports() const { return reportsIn(m_sessions.path()); }

 private:
  void copy(const fs::path& file, const char* to) const {
    fs::copy_file(file, m_folder / to / file.filename());
  }

  TemporaryFolder m_folder;
  TemporaryFolder m_program;
  TemporaryFolder m_sessions;
};

class OtherUsers : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root may become another user";
  }
};

TEST_F(OtherUsers, AreRecordedWhereTheyMayReadTheLibraries) {
  const CopiedInstallation heaptap(0755);
  const Outcome run = heaptap.run();
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("warning"))) << run.err;
  const auto reports = heaptap.reports();
  ASSERT_EQ(reports.size(), 2U) << run.err;
  for (const Report& report : reports) {
    const bool isFirst = report.text("parentSessionId").empty();
    EXPECT_EQ(report.report().at("summary").at("liveAtEnd").get<bool>(), isFirst);
    if (isFirst) continue;
    report.expectConservation();
    EXPECT_EQ(report.siteIn("leakTen").value("blocks", 0), 10);
    EXPECT_EQ(report.text("end"), "exited 0");
  }
}

TEST_F(OtherUsers, AreAnnouncedWhereTheyMayNot) {
  const CopiedInstallation heaptap(0700);
  const Outcome run = heaptap.run();
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("other users may not read heaptap's libraries"));
  EXPECT_EQ(heaptap.reports().size(), 1U);
}

}  // namespace
}  // namespace heaptap::test
