// SPDX-License-Identifier: Apache-2.0
//
// What `heaptap export` says of leaks is what `heaptap report` and `heaptap check` say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/gate/session_files.h"

namespace heaptap {
namespace {

using nlohmann::json;
using test::gatedProgram;
using test::Outcome;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class ExportJudgement : public testing::Test {
 protected:
  std::string record(const std::string& program, const std::vector<std::string>& arguments) {
    std::vector<std::string> command{gatedProgram(program)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return sessions.record(program, command);
  }
  std::string exported(const std::string& format, const std::string& session,
                       const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"export", session, "--format", format};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = sessions.heaptap(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }
  std::string file(const std::string& name, const std::string& text) {
    return sessions.folder().write(name, text).string();
  }
  test::SessionFiles sessions;
};

/// `message grows confidence` of each result.
std::vector<std::string> resultsOf(const std::string& sarif) {
  std::vector<std::string> results;
  const json document = json::parse(sarif, nullptr, false);
  if (document.is_discarded()) return {"no JSON"};
  for (const json& result : document["runs"][0]["results"])
    results.push_back(result["message"]["text"].get<std::string>() + " " +
                      result["properties"]["grows"].dump() + " " + result["properties"]["confidence"].dump());
  return results;
}

/// `kind name bytes` of each row of a page's table of leaks.
std::vector<std::string> leaksOfPage(const std::string& page) {
  const auto begin = page.find("\"leaks\":[");
  const auto end = page.find("],\n\"leaksLeft\"", begin);
  if (begin == std::string::npos || end == std::string::npos) return {"no leaks in the page"};
  std::vector<std::string> leaks;
  const json rows = json::parse(page.substr(begin + 8, end + 1 - begin - 8), nullptr, false);
  for (const json& row : rows)
    leaks.push_back(row["kind"].get<std::string>() + " " + row["name"].get<std::string>() + " " +
                    row["bytes"].dump());
  return leaks;
}

TEST_F(ExportJudgement, HasHistoriesAsCheckHas) {
  const std::string session = record("grows_on", {"growing"});
  const auto results = resultsOf(exported("sarif", session));
  EXPECT_THAT(results, UnorderedElementsAre(AllOf(HasSubstr("leakAtEachTurn"), HasSubstr(" true ")),
                                            AllOf(HasSubstr("leakAtTheStart"), HasSubstr(" false "))));
  EXPECT_EQ(results, resultsOf(sessions.heaptap({"check", "--format", "sarif", session}).out));
  EXPECT_THAT(exported("junit", session), HasSubstr("it grew until the end; confidence: high"));
  EXPECT_THAT(exported("text", session),
              AllOf(HasSubstr("1 of them grows"), HasSubstr("growing, none of which was freed")));
  const json report = json::parse(exported("json", session), nullptr, false);
  EXPECT_EQ(report["leakGroups"]["kind"][0], "growing");
  EXPECT_GT(report["leakGroups"]["confidence"][0], 0.7);
  EXPECT_THAT(leaksOfPage(exported("html", session)), testing::Contains(StartsWith("growing ")));
}

TEST_F(ExportJudgement, LeavesOutWhatTheProgramSuppressesItself) {
  const std::string quiet = record("knows_its_leak", {});
  EXPECT_THAT(resultsOf(exported("sarif", quiet)), IsEmpty());
  EXPECT_THAT(exported("junit", quiet), HasSubstr("failures=\"0\""));
  EXPECT_THAT(exported("text", quiet),
              AllOf(HasSubstr("Nothing leaks"), HasSubstr("(__lsan_default_suppressions)")));
  EXPECT_THAT(leaksOfPage(exported("html", quiet)),
              testing::Contains(AllOf(StartsWith("suppressed "), HasSubstr("leak:keepOnPurpose 100"))));
  const std::string loud = sessions.record("loud", {gatedProgram("knows_its_leak"), "more"});
  EXPECT_THAT(resultsOf(exported("sarif", loud)), ElementsAre(HasSubstr("allocated by forget")));
  EXPECT_THAT(exported("junit", loud), HasSubstr("failures=\"1\""));
}

TEST_F(ExportJudgement, TakesSuppressionsOfFiles) {
  const std::string session = record("grows_on", {"growing"});
  const std::string known = file("known.supp", "leak:leakAtEachTurn\nleak:matchesNothing\n");
  const std::vector<std::string> suppressed{"--suppressions", known};
  EXPECT_THAT(resultsOf(exported("sarif", session, suppressed)), ElementsAre(HasSubstr("leakAtTheStart")));
  EXPECT_THAT(exported("junit", session, suppressed), AllOf(Not(HasSubstr("allocated by leakAtEachTurn")),
                                                            HasSubstr("not judged, as it is suppressed: ")));
  EXPECT_THAT(
      exported("text", session, suppressed),
      AllOf(HasSubstr("leak:leakAtEachTurn"), HasSubstr("matchesNothing"), Not(HasSubstr("of them grows"))));
  const json report = json::parse(exported("json", session, suppressed), nullptr, false);
  EXPECT_EQ(report["leakSummary"]["unusedSuppressions"].size(), 1U);
  EXPECT_THAT(leaksOfPage(exported("html", session, suppressed)),
              testing::Contains(StartsWith("suppressed leak:leakAtEachTurn")));
}

TEST_F(ExportJudgement, WithoutBuiltInSuppressionsCountsAll) {
  const std::string session = record("frees_all", {});
  EXPECT_THAT(resultsOf(exported("sarif", session)), IsEmpty());
  const auto all = resultsOf(exported("sarif", session, {"--no-builtin-suppressions"}));
  EXPECT_THAT(all, testing::SizeIs(1)) << "the pool for exceptions";
  EXPECT_EQ(
      all,
      resultsOf(sessions.heaptap({"check", "--format", "sarif", "--no-builtin-suppressions", session}).out));
}

TEST_F(ExportJudgement, OfAWrongFileOfSuppressionsSaysLineAndColumn) {
  const std::string session = record("frees_all", {});
  const std::string output = (sessions.folder() / "out.sarif").string();
  const std::string wrong = file("wrong.supp", "leak:a\nlek:b\n");
  const Outcome outcome = sessions.heaptap({"export", session, "-o", output, "--suppressions", wrong});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("wrong.supp:2:1: expected leak:PATTERN"));
  EXPECT_FALSE(std::filesystem::exists(output));
}

TEST_F(ExportJudgement, SaysWhereSuppressionsHaveNoEffect) {
  const std::string session = record("frees_all", {});
  const Outcome outcome =
      sessions.heaptap({"export", session, "--format", "csv", "--suppressions", file("a.supp", "leak:a\n")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "heaptap: warning: suppressions have no effect: csv does not judge leaks\n");
}

TEST_F(ExportJudgement, OfAHeapWithANameIsOfThatHeap) {
  const std::string session = sessions.record("heaps", {RECORDED_PROGRAMS "/heaps", "pool"});
  const auto ofMalloc = resultsOf(exported("sarif", session));
  std::vector<std::string> names;
  const json report = json::parse(exported("json", session), nullptr, false);
  for (const json& heap : report["summary"]["heaps"]) names.push_back(heap["name"]);
  ASSERT_THAT(names, Not(IsEmpty()));
  for (const std::string& name : names) {
    std::uint64_t leaked = 0;
    const json sarif = json::parse(exported("sarif", session, {"--heap", name}), nullptr, false);
    for (const json& result : sarif["runs"][0]["results"])
      if (result["ruleId"] == "leaked") leaked += result["properties"]["bytes"].get<std::uint64_t>();
    const json ofHeap = json::parse(exported("json", session, {"--heap", name}), nullptr, false);
    EXPECT_EQ(leaked, ofHeap["leakSummary"]["leaked"]["bytes"]) << name;
  }
}

}  // namespace
}  // namespace heaptap
