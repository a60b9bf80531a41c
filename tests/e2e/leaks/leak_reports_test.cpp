// SPDX-License-Identifier: Apache-2.0
//
// Programs with known leaks, built by several compilers at several levels: function, file, line, and nothing
// beside what leaks.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/leaks/leaky_program.h"
#include "tests/support/document_recipes.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kThreeLeaks = R"(#include <cstdlib>
#include <chrono>
#include <string>
#include <thread>
#include <vector>
#define NOT_INLINED __attribute__((noinline))
struct Node { Node* next; char data[120]; };
static std::vector<Node*> cache;
NOT_INLINED Node* makeNode() { return new Node{}; }
NOT_INLINED void remember() { cache.push_back(makeNode()); }
NOT_INLINED char* loadConfig() { return static_cast<char*>(std::calloc(1, 4000)); }
NOT_INLINED std::string* parse(const std::string& text) { return new std::string(text); }
int main() {
  static_cast<volatile char*>(loadConfig())[0] = 1;
  std::string* volatile kept[2];
  for (int i = 0; i < 2; ++i) kept[i] = parse(std::string(200, 'x'));
  for (int i = 0; i < 1000; ++i) {
    remember();
    if (i % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    delete parse("freed") ;
  }
  cache = {};
}
)";
constexpr const char* kNoLeak = R"(#include <iostream>
#include <locale>
#include <map>
#include <string>
struct Registry { static Registry& instance() { static Registry* only = new Registry; return *only; } int n = 0; };
int main() {
  std::locale::global(std::locale("C"));
  std::map<std::string, int> numbers;
  for (int i = 0; i < 100; ++i) numbers["a long enough key, number " + std::to_string(i)] = i;
  Registry::instance().n = 1;
  std::cout << numbers.size() << std::endl;
}
)";

class KnownLeaks : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(KnownLeaks, AreFoundByFunctionFileAndLineAndNothingElseIs) {
  const LeakyProgram program(kThreeLeaks, GetParam());
  const json report = program.report();
  EXPECT_THAT(leaksIn(report), testing::UnorderedElementsAre("makeNode 1000", "loadConfig 1", "parse 4"));
  const json& table = report["leakGroups"];
  for (std::size_t i = 0; i < table["kind"].size(); ++i) {
    if (table["function"][i] != "makeNode()") continue;
    EXPECT_EQ(table["kind"][i], "growing");
    EXPECT_EQ(table["line"][i], 9);
    EXPECT_EQ(table["file"][i], (program.folder / "program.cpp").string());
    EXPECT_GT(table["confidence"][i], 0.7);
    EXPECT_EQ(table["threadCount"][i], 1);
    EXPECT_EQ(table["addresses"][i].size(), 8U);
  }
  const std::string text = program.heaptap({"report", "--leaks", "s.heaptap"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("1 of them grows; peak "), HasSubstr("→ begin with makeNode, "),
                          HasSubstr("9 | NOT_INLINED Node* makeNode() { return new Node{}; }"),
                          HasSubstr("growing, none of which was freed"), Not(HasSubstr("__libc_start"))));
}

INSTANTIATE_TEST_SUITE_P(By, KnownLeaks,
                         testing::Values(std::vector<std::string>{"g++", "-g", "-O0"},
                                         std::vector<std::string>{"g++", "-g", "-O2"},
                                         std::vector<std::string>{"g++", "-g", "-O2", "-flto"},
                                         std::vector<std::string>{"clang++", "-g", "-O0"},
                                         std::vector<std::string>{"clang++", "-g", "-O2"}));

class NoLeak : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(NoLeak, IsWhatTheReportSays) {
  const LeakyProgram program(kNoLeak, GetParam());
  EXPECT_THAT(leaksIn(program.report()), ElementsAre());
  const std::string text = program.heaptap({"report", "s.heaptap"}).out;
  EXPECT_THAT(
      text, AllOf(HasSubstr("\n  Nothing leaks; peak "), HasSubstr("LEAKED  nothing of the program's own\n"),
                  HasSubstr("libstdc++: emergency pool for exceptions"), Not(HasSubstr("→"))));
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line);) ++count;
  EXPECT_LT(count, 45) << "nothing wrong is short";
  EXPECT_THAT(leaksIn(program.report({"--no-builtin-suppressions"})), testing::SizeIs(testing::Ge(2)));
}

INSTANTIATE_TEST_SUITE_P(By, NoLeak,
                         testing::Values(std::vector<std::string>{"g++", "-g", "-O2"},
                                         std::vector<std::string>{"g++", "-g", "-static-libstdc++"}));

TEST(LeakReports, TheRecipesOfTheirDocumentWork) {
  const LeakyProgram program(kThreeLeaks, {"g++", "-g", "-O1"});
  const auto recipes = recipesOf(HEAPTAP_SOURCE_FOLDER "/docs/reports.md");
  std::string script = "set -e\nheaptap() { " + std::string(HEAPTAP_COMMAND) + " \"$@\"; }\nmv program app\n";
  for (const auto& recipe : recipes)
    for (const std::string& line : recipe) script += line + "\n";
  ASSERT_FALSE(recipes.empty());
  const Outcome ran = runProcess({.argv = {"sh", "-c", script}, .folder = program.folder.path()});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1 of them grows"), HasSubstr("leak:^makeNode()$"),
                             HasSubstr("SUPPRESSED"), HasSubstr("LEAKED  nothing of the program's own")));
}

TEST(LeakReports, WhatIsSuppressedFromASessionStaysSuppressedInTheNext) {
  const LeakyProgram program(kThreeLeaks, {"g++", "-g", "-O2"});
  for (const std::string format : {"lsan", "valgrind"}) {
    const Outcome written = program.heaptap({"suppress", "s.heaptap", "--format", format, "-o", format});
    ASSERT_EQ(written.status, 0) << written.err;
    const json report = program.report({"--suppressions", format});
    EXPECT_THAT(leaksIn(report), ElementsAre()) << format;
    EXPECT_TRUE(report["leakSummary"]["unusedSuppressions"].empty()) << format;
    EXPECT_GE(report["leakSummary"]["suppressed"]["bytes"], 128'000) << format;
    EXPECT_EQ(program.heaptap({"suppress", "s.heaptap", "-o", format}).status, 6) << "exists";
  }
}

TEST(LeakReports, SuppressionsThatAProgramHasBuiltInAreReadFromItsFile) {
  const std::string source = std::string(kThreeLeaks) +
                             "extern \"C\" const char* __lsan_default_suppressions() "
                             "{ return \"leak:makeNode\\nleak:^parse\\n\"; }\n";
  for (const std::vector<std::string>& compiler :
       std::vector<std::vector<std::string>>{{"g++", "-g", "-O0"},
                                             {"g++", "-g", "-O2"},
                                             {"g++", "-g", "-O2", "-no-pie"},
                                             {"clang++", "-g", "-O0"}}) {
    const LeakyProgram program(source, compiler);
    EXPECT_THAT(leaksIn(program.report()), ElementsAre("loadConfig 1")) << compiler.back();
    EXPECT_THAT(program.heaptap({"report", "s.heaptap"}).out,
                HasSubstr("leak:^parse (__lsan_default_suppressions)"));
  }
}

TEST(LeakReports, BuiltInSuppressionsThatAreComputedAreLeftAlone) {
  const LeakyProgram program(
      std::string(kThreeLeaks) +
          "extern \"C\" const char* __lsan_default_suppressions() { static char text[40] = \"leak:make\"; "
          "text[9] = 'N'; return text; }\n",
      {"g++", "-g", "-O0"});
  EXPECT_THAT(leaksIn(program.report()), testing::Contains("makeNode 1000"));
}

TEST(LeakReports, ASuppressionFileThatIsWrongEndsWithItsLineAndColumn) {
  const LeakyProgram program(kNoLeak, {"g++", "-O1"});
  program.folder.write("bad.supp", "leak:a\n  {\n  name\n  Memcheck\n}\n");
  const Outcome report = program.heaptap({"report", "--suppressions", "bad.supp", "s.heaptap"});
  EXPECT_EQ(report.status, 2);
  EXPECT_EQ(report.out, "");
  EXPECT_EQ(report.err,
            "heaptap: bad.supp:4:3: expected TOOL:KIND such as Memcheck:Leak, found 'Memcheck'\n");
  EXPECT_EQ(program.heaptap({"report", "--suppressions", "none.supp", "s.heaptap"}).status, 3);
  EXPECT_EQ(program.heaptap({"report", "--suppressions", ".", "s.heaptap"}).status, 3);
  EXPECT_EQ(program.heaptap({"suppress", "s.heaptap", "--format", "xml"}).status, 2);
}

TEST(LeakReports, OfRustHaveNoFramesOfItsRuntime) {
  const LeakyProgram leaks(R"(#[inline(never)]
fn lose(n: usize) -> &'static mut [u64] { Box::leak(vec![7u64; n].into_boxed_slice()) }
fn main() { println!("{}", (1..20).map(|n| lose(n)[0]).sum::<u64>()); }
)",
                           {"rustc", "-g", "-O"}, "rs");
  EXPECT_THAT(leaksIn(leaks.report()), ElementsAre("program::lose 19"));
  EXPECT_THAT(leaks.heaptap({"report", "--leaks", "s.heaptap"}).out,
              AllOf(HasSubstr("program::lose"), Not(HasSubstr("lang_start"))));
  const LeakyProgram none(
      "fn main() { println!(\"{}\", (1..20).map(|n| n.to_string()).collect::<Vec<_>>().join(\",\")); }\n",
      {"rustc", "-g"}, "rs");
  EXPECT_THAT(leaksIn(none.report()), ElementsAre());
}

}  // namespace
}  // namespace heaptap::test
