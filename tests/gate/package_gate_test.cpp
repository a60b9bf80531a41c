// SPDX-License-Identifier: Apache-2.0
//
// heaptap_add_leak_test() in an outsider's project, against an installed heaptap.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "tests/gate/installed_heaptap.h"

namespace heaptap {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class PackageGate : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy(GATED_SOURCES "/project", m_heaptap.project(),
                          std::filesystem::copy_options::recursive);
    // What leaks today: of a program that the baseline names by its file.
    std::ofstream(m_heaptap.project() + "/known.json")
        << R"({"heaptapBaseline":1,"programs":{"leaky":[{"leaked":200,"leaked-blocks":2,"leaks":[)"
        << R"({"function":"parseLine","bytes":200,"blocks":2}]}]}})";
  }
  test::Outcome configure(const std::string& mistake = "none") const {
    return m_heaptap.run({HEAPTAP_CMAKE, "-S", ".", "-B", "build", "-DMISTAKE=" + mistake});
  }
  /// What a test has printed, and whether it passed.
  struct Told {
    bool passed = false;
    std::string output;
  };
  std::string sessionOf(const std::string& name) const {
    return m_heaptap.project() + "/build/" + name + ".heaptap";
  }
  Told runTest(const std::string& name) const {
    const auto outcome = m_heaptap.run({HEAPTAP_CTEST, "--test-dir", "build", "-V", "-R", "^" + name + "$"});
    EXPECT_THAT(outcome.out, HasSubstr("out of 1")) << name << outcome.err;
    return {outcome.status == 0, outcome.out};
  }
  const test::InstalledHeaptap m_heaptap;
};

TEST_F(PackageGate, FailsTheTestsOfProgramsThatLeak) {
  const auto configured = configure();
  ASSERT_EQ(configured.status, 0) << configured.err;
  const auto built = m_heaptap.run({HEAPTAP_CMAKE, "--build", "build"});
  ASSERT_EQ(built.status, 0) << built.out << built.err;

  EXPECT_TRUE(runTest("clean").passed);
  const Told leaky = runTest("leaky");
  EXPECT_FALSE(leaky.passed);
  EXPECT_THAT(leaky.output, AllOf(HasSubstr("leaks 200 B in 2 blocks, allocated by parseLine"),
                                  HasSubstr("(leaky.cpp:7)"), HasSubstr("FAILED: 1 of 3 checks"),
                                  HasSubstr("next: heaptap report '" + sessionOf("leaky") + "'")));
  EXPECT_TRUE(std::filesystem::exists(m_heaptap.project() + "/build/leaky.heaptap"));

  EXPECT_TRUE(runTest("leaky, allowed").passed);
  EXPECT_TRUE(runTest("leaky.known").passed);
  const Told more = runTest("leaky.more");
  EXPECT_FALSE(more.passed);
  EXPECT_THAT(more.output, HasSubstr("leaks 500 B in 5 blocks, 200 B in the baseline"));
  EXPECT_TRUE(runTest("leaky.suppressed").passed);
  EXPECT_FALSE(runTest("leaky.reported").passed);
  EXPECT_TRUE(std::filesystem::exists(m_heaptap.project() + "/build/leaky.xml"));

  const Told arguments = runTest("arguments");
  EXPECT_TRUE(arguments.passed);
  for (const std::string word : {"<two words>", "<semi;colon>", "<>", "<quote\"s>", "<$dollar>", "<*>"})
    EXPECT_THAT(arguments.output, HasSubstr(word));
  EXPECT_FALSE(runTest("fails").passed);
  EXPECT_TRUE(runTest("by_path").passed);

  const Told tested = runTest("tested");
  EXPECT_FALSE(tested.passed);
  EXPECT_THAT(tested.output,
              AllOf(HasSubstr("[  FAILED  ] Numbers.Leak"), HasSubstr("leaks 4 bytes in 1 block"),
                    HasSubstr("[       OK ] Numbers.AreFreed")));
  EXPECT_TRUE(runTest("tested.known").passed) << "the listener reads all files of suppressions";
}

TEST_F(PackageGate, ABaselineIsMadeByATargetOfTheTest) {
  const auto configured = configure();
  ASSERT_EQ(configured.status, 0) << configured.err;
  const std::regex told(
      "there is no (\\S|\\s)*made later.json(\\S|\\s)*--target (leaky__now-[0-9a-f]{8}.baseline)");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(configured.err, match, told)) << configured.err;
  ASSERT_EQ(m_heaptap.run({HEAPTAP_CMAKE, "--build", "build"}).status, 0);
  const Told before = runTest("leaky, now");
  EXPECT_FALSE(before.passed);
  EXPECT_THAT(before.output, HasSubstr("to make it: heaptap check --write-baseline"));
  const auto made = m_heaptap.run({HEAPTAP_CMAKE, "--build", "build", "--target", match[3].str()});
  EXPECT_EQ(made.status, 0) << made.out << made.err;
  EXPECT_TRUE(runTest("leaky, now").passed);
  EXPECT_THAT(configure().err, Not(HasSubstr("there is no")));
}

TEST_F(PackageGate, AFailureThatIsOnlyInAFileIsSaidInALine) {
  ASSERT_EQ(configure().status, 0);
  ASSERT_EQ(m_heaptap.run({HEAPTAP_CMAKE, "--build", "build"}).status, 0);
  std::ofstream(m_heaptap.project() + "/made later.json")
      << R"({"heaptapBaseline":1,"programs":{"leaky":[{"leaked":0,"findings":0,"leaks":[]}]}})";
  const Told told = runTest("leaky, now");
  EXPECT_FALSE(told.passed);
  EXPECT_THAT(told.output,
              ContainsRegex("heaptap: FAILED: 1 of [0-9]+ checks of 1 session; next: heaptap report '"));
}

TEST_F(PackageGate, SaysWhatIsWrongWhereItIsConfigured) {
  EXPECT_THAT(configure("unknown").err, HasSubstr("heaptap_add_leak_test: unknown: POLICIES;x"));
  EXPECT_THAT(configure("nameless").err, HasSubstr("NAME and COMMAND are needed"));
  EXPECT_THAT(configure("missing").err, HasSubstr("there is no file"));
  // CMake breaks messages into lines.
  const auto told = [this](const std::string& mistake) {
    return std::regex_replace(configure(mistake).err, std::regex("\\s+"), " ");
  };
  EXPECT_THAT(told("format"), HasSubstr("'html' is no format; one of: text, json, junit,"));
  EXPECT_THAT(told("formats"), HasSubstr("text and github both go to the output of the test"));
  EXPECT_THAT(told("file"), HasSubstr("the file of 'junit=' is missing; write it like"));
}

}  // namespace
}  // namespace heaptap
