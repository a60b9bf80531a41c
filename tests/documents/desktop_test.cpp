// SPDX-License-Identifier: Apache-2.0
//
// What desktops know the viewer by is what they take, and says the same everywhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::documents {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kDesktop = fs::path(HEAPTAP_SOURCE_FOLDER) / "packaging/desktop";

void expectAccepted(const std::vector<std::string>& command) {
  const test::Outcome outcome = test::ChildProcess({.argv = command}).finish();
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
}

TEST(Desktop, TakesTheEntryAndTheDescription) {
  expectAccepted({"desktop-file-validate", (kDesktop / "org.heaptap.Heaptap.desktop").string()});
  expectAccepted(
      {"appstreamcli", "validate", "--no-net", (kDesktop / "org.heaptap.Heaptap.metainfo.xml").string()});
}

TEST(Desktop, KnowsASessionByItsNameAndByItsContent) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder / "packages");
  fs::copy_file(kDesktop / "org.heaptap.Heaptap.xml", folder / "packages/heaptap.xml");
  expectAccepted({"update-mime-database", folder.path().string()});
  EXPECT_THAT(test::readFile(folder / "globs2"), HasSubstr("application/vnd.heaptap.session:*.heaptap"));
  EXPECT_THAT(test::readFile(folder / "magic"), HasSubstr("application/vnd.heaptap.session"));
  EXPECT_THAT(test::readFile(folder / "magic"), HasSubstr("htap")) << "the application id of docs/format.md";
}

TEST(Desktop, OpensSessionsInTheViewer) {
  const std::string entry = test::readFile(kDesktop / "org.heaptap.Heaptap.desktop");
  EXPECT_THAT(entry, HasSubstr("\nExec=heaptap-gui %F\n"));
  EXPECT_THAT(entry, HasSubstr("\nMimeType=application/vnd.heaptap.session;\n"));
  EXPECT_THAT(entry, HasSubstr("\nIcon=heaptap\n"));
  EXPECT_TRUE(fs::exists(kDesktop / "heaptap.svg"));
  EXPECT_THAT(test::readFile(fs::path(HEAPTAP_SOURCE_FOLDER) / "gui/app/main.cpp"),
              HasSubstr("setDesktopFileName(QStringLiteral(\"org.heaptap.Heaptap\"))"));
}

}  // namespace
}  // namespace heaptap::documents
