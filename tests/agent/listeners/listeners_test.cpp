// SPDX-License-Identifier: Apache-2.0
//
// Tests of others, which fail where they leak.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/agent/listeners/listened.h"

namespace heaptap {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Of GoogleTest's own report: the message by test, of those that have failed.
std::map<std::string, std::string> failedIn(const std::string& report) {
  std::map<std::string, std::string> failed;
  std::ifstream file(report);
  const auto read = nlohmann::json::parse(file, nullptr, false);
  EXPECT_FALSE(read.is_discarded());
  if (read.is_discarded()) return failed;
  for (const auto& suite : read["testsuites"])
    for (const auto& test : suite["testsuite"])
      for (const auto& failure : test.value("failures", nlohmann::json::array()))
        failed[suite["name"].get<std::string>() + "." + test["name"].get<std::string>()] =
            failure["failure"].get<std::string>();
  return failed;
}

class Listeners : public testing::TestWithParam<std::string> {
 protected:
  std::string program(const std::string& framework) const {
    return std::string(LISTENED_PROGRAMS) + "/" + framework + "_" + GetParam();
  }
  test::Listened m_listened;
};

TEST_P(Listeners, FailTheTestsOfGoogleTestThatLeakAndNoOthers) {
  const std::string report = (m_listened.folder() / "report.json").string();
  const auto outcome = m_listened.run({program("gtest"), "--gtest_output=json:" + report});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  const auto failed = failedIn(report);
  std::set<std::string> names;
  for (const auto& [name, message] : failed) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{
                       "Body.LeaksInMalloc", "Body.LeaksInNew", "Body.LeaksInALibrary",
                       "Body.LeaksALargeBlock", "Body.LeaksAnEmptyBlock", "Body.LeaksWhatWasReallocated",
                       "Body.LeaksWhatAFreedVectorPointedTo", "Body.LeaksACycle", "Body.LeaksOnlyThisTime",
                       "Body.LeaksInAThread", "Body.LeaksWhereItWasReplaced", "Fixture.LeaksInSetUp",
                       "Small/Numbers.LeakWhereTheyAreOdd/1"}))
      << outcome.out;
  const auto said = [&](const std::string& name) {
    const auto found = failed.find(name);
    return found == failed.end() ? std::string() : found->second;
  };
  EXPECT_THAT(
      said("Body.LeaksInMalloc"),
      AllOf(HasSubstr("leaks 100 bytes in 1 block"), HasSubstr("parse("), HasSubstr("gtest_cases.cpp:"),
            HasSubstr("Body_LeaksInMalloc_Test::TestBody"), Not(HasSubstr("testing::"))));
  EXPECT_THAT(said("Body.LeaksALargeBlock"), HasSubstr("leaks 3145728 bytes in 1 block"));
  EXPECT_THAT(said("Body.LeaksWhatAFreedVectorPointedTo"),
              ContainsRegex("leaks [0-9]+ bytes in (3[0-9]|40) blocks"))
      << "a word that is left somewhere may point to one of them";
  EXPECT_THAT(said("Body.LeaksInAThread"), HasSubstr("leaks 77 bytes in 1 block"));
  EXPECT_THAT(outcome.out, HasSubstr("[  FAILED  ] Body.LeaksInMalloc"));
}

TEST_P(Listeners, DoNothingWithoutHeaptap) {
  const auto gtest = m_listened.runPlain({program("gtest")});
  EXPECT_EQ(gtest.status, 0) << gtest.out;
  EXPECT_EQ(gtest.err, "");
  const auto catch2 = m_listened.runPlain({program("catch2"), "~fails*"});
  EXPECT_EQ(catch2.status, 0) << catch2.out;
  EXPECT_EQ(catch2.err, "");
}

TEST_P(Listeners, FailTheTestCasesOfCatch2ThatLeakAndNoOthers) {
  const auto outcome = m_listened.run({program("catch2"), "--reporter", "compact"});
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("leaks 100 bytes in 1 block"), HasSubstr("leaks 30 bytes in 1 block"),
                    HasSubstr("parse("), HasSubstr("catch2_cases.cpp:"),
                    HasSubstr("test cases, failed 4 assertions."), Not(HasSubstr("20 bytes"))))
      << outcome.err;
  for (const std::string quiet : {"leaks nothing*", "frees*", "keeps*"})
    EXPECT_EQ(m_listened.run({program("catch2"), quiet}).status, 0) << quiet;
  const auto console = m_listened.run({program("catch2"), "leaks in a section"});
  EXPECT_THAT(console.out, AllOf(HasSubstr("leaks in a section"), HasSubstr("FAILED:"),
                                 HasSubstr("leaks 30 bytes in 1 block, in section \"that does not\""),
                                 ContainsRegex("catch2_cases.cpp:[0-9]+: FAILED"),
                                 Not(HasSubstr("catch2.h:")), HasSubstr("test cases: 1 | 1 failed")));
  const auto nested = m_listened.run({program("catch2"), "leaks deep in sections"});
  EXPECT_THAT(nested.out, HasSubstr("leaks 40 bytes in 1 block, in section \"outer / inner \"quoted\"\""));
}

TEST_P(Listeners, TellOnceThatNothingIsKnown) {
  const auto outcome = m_listened.run({program("gtest"), "--gtest_filter=Body.Leaks*"}, {"--sample", "4096"});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_EQ(outcome.err, "heaptap: not known whether tests leak: allocations are sampled\n");
}

TEST_P(Listeners, LeaveOutKnownLeaks) {
  const std::string known =
      m_listened.folder().write("known.supp", "leak:Fixture*SetUp\nleak:^parse\n").string();
  const auto outcome = m_listened.run({program("gtest"), "--gtest_filter=Fixture.LeaksInSetUp"}, {},
                                      {{"HEAPTAP_TEST_SUPPRESSIONS", known}});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_EQ(m_listened
                .run({program("gtest"), "--gtest_filter=Body.LeaksInMalloc"}, {},
                     {{"HEAPTAP_TEST_SUPPRESSIONS", known}})
                .status,
            1)
      << "the name does not begin so";
}

TEST_P(Listeners, SayOnceWhatIsWrongWithSuppressions) {
  const auto errorWith = [&](const std::string& files, const std::string& framework = "gtest") {
    return m_listened.run({program(framework)}, {}, {{"HEAPTAP_TEST_SUPPRESSIONS", files}}).err;
  };
  const std::string wrong = m_listened.folder().write("wrong.supp", "leak:^none$\nlek:b\nlek:c\n").string();
  const std::string told =
      "heaptap: " + wrong + ":2: expected leak:PATTERN, found 'lek:b', which suppresses nothing here\n";
  EXPECT_EQ(errorWith(wrong), told);
  EXPECT_EQ(errorWith(wrong, "catch2"), told);
  for (const std::string& missing : {std::string("/no/such.supp"), m_listened.folder().path().string()})
    EXPECT_EQ(
        errorWith(missing),
        "heaptap: " + missing + ": cannot read the suppressions; HEAPTAP_TEST_SUPPRESSIONS names them\n");
  EXPECT_EQ(errorWith(""), "heaptap: HEAPTAP_TEST_SUPPRESSIONS is empty; name a file, or unset it\n");
  EXPECT_EQ(errorWith(m_listened.folder().write("empty.supp", "").string()), "");
  // Without heaptap nothing is said.
  EXPECT_EQ(m_listened.runPlain({program("gtest")}, {{"HEAPTAP_TEST_SUPPRESSIONS", wrong}}).err, "");
}

TEST_P(Listeners, ReadSeveralFilesOfSuppressions) {
  const std::string whole = m_listened.folder().write("a.supp:b", "leak:gtest_cases\n").string();
  for (const std::string& files : {m_listened.folder().write("d.supp", "leak:gtest_cases\n").string() + ":" +
                                       m_listened.folder().write("a.supp", "leak:none\n").string(),
                                   whole}) {
    const auto outcome = m_listened.run({program("gtest"), "--gtest_filter=*Leak*"}, {},
                                        {{"HEAPTAP_TEST_SUPPRESSIONS", files}});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST_P(Listeners, ShowOfTheLibraryWhatTheTestHasCalled) {
  const auto outcome = m_listened.run({program("gtest"), "--gtest_filter=Body.LeaksInALibrary"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("std::"), HasSubstr("Body_LeaksInALibrary_Test::TestBody"),
                                 Not(HasSubstr("_M_")), Not(HasSubstr("__gnu_cxx"))));
}

TEST_P(Listeners, AskManyTimesWithoutAFalseAlarm) {
  const auto outcome = m_listened.run(
      {program("gtest"), "--gtest_filter=Caches.*:Body.FreesAll", "--gtest_repeat=200", "--gtest_brief=1"});
  EXPECT_EQ(outcome.status, 0) << outcome.out.substr(0, 4000);
}

INSTANTIATE_TEST_SUITE_P(Builds, Listeners, testing::ValuesIn(test::listenedBuilds()),
                         [](const auto& build) { return build.param; });

}  // namespace
}  // namespace heaptap
