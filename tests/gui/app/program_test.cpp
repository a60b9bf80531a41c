// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::gui {
namespace {

using heaptap::test::Outcome;
using testing::HasSubstr;
using testing::StartsWith;

Outcome run(const std::vector<std::string>& arguments, const std::string& platform = "offscreen") {
  std::vector<std::string> argv{HEAPTAP_GUI_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return heaptap::test::runProcess({.argv = argv, .environment = {{"QT_QPA_PLATFORM", platform}}});
}

void expectOneLine(const Outcome& outcome) {
  EXPECT_THAT(outcome.err, StartsWith("heaptap-gui: "));
  EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
}

TEST(Program, HelpAndVersionNeedNoDisplay) {
  const Outcome help = run({"--help"}, "no-such-platform");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("--collector"));
  EXPECT_THAT(run({"--version"}, "no-such-platform").out, StartsWith("heaptap-gui "));
}

TEST(Program, RefusesWrongUseInOneLine) {
  const Outcome outcome = run({"--nonsense"});
  EXPECT_EQ(outcome.status, 2);
  expectOneLine(outcome);
}

TEST(Program, RefusesAnAddressThatIsNone) {
  const Outcome outcome = run({"--collector", "nonsense"});
  EXPECT_EQ(outcome.status, 2);
  expectOneLine(outcome);
}

TEST(Program, RefusesAPictureOfNothing) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--screenshot", "a.png"},
                                                    {"--screenshot", "a.png", "--size", "0x5", "a.heaptap"},
                                                    {"--size", "100x100", "a.heaptap"},
                                                    {"--view", "nonsense"},
                                                    {"--theme", "pink"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    expectOneLine(outcome);
  }
}

TEST(Program, RefusesAFileThatIsNotThere) {
  const Outcome outcome = run({"/nonexistent/a.heaptap"});
  EXPECT_EQ(outcome.status, 3);
  expectOneLine(outcome);
}

TEST(Program, RefusesSuppressionsThatAreNone) {
  const heaptap::test::TemporaryFolder folder;
  const Outcome wrong = run({"--suppressions", folder.write("a.supp", "lek:b\n").string()});
  EXPECT_EQ(wrong.status, 2);
  expectOneLine(wrong);
  EXPECT_THAT(wrong.err, HasSubstr("a.supp:1:1: expected leak:PATTERN"));
  const Outcome missing = run({"--suppressions", (folder / "none.supp").string()});
  EXPECT_EQ(missing.status, 3);
  expectOneLine(missing);
}

TEST(Program, RefusesAFileThatIsNoSession) {
  const heaptap::test::TemporaryFolder folder;
  const Outcome outcome = run({folder.write("a.heaptap", "not a session at all\n").string()});
  EXPECT_EQ(outcome.status, 4);
  expectOneLine(outcome);
}

}  // namespace
}  // namespace heaptap::gui
