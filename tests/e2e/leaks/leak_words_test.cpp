// SPDX-License-Identifier: Apache-2.0
//
// Where else leaks are spoken of than in a session's report: at the end of a run, in a copy for others, and
// in suppressions that valgrind reads. All say the same.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/daemon.h"
#include "tests/e2e/leaks/built_program.h"
#include "text/quantity.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Functions of all kinds of names that leak: inlined, local, members, templates, operators, C's, a lambda.
constexpr const char* kOddNames = R"(#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>
#define NOT_INLINED __attribute__((noinline))
void* volatile sink;
static std::unordered_map<int, std::string>& cache() {
  static auto* only = new std::unordered_map<int, std::string>;
  return *only;
}
NOT_INLINED std::string describe(int id) {
  return cache().emplace(id, std::string(200, 'x')).first->second;
}
namespace app {
struct Key { void* data = nullptr; NOT_INLINED Key& operator=(int n) { data = std::malloc(n); sink = data; return *this; } };
template <class T> NOT_INLINED T* make(int n) { T* made = new T[n]; sink = made; return made; }
namespace { NOT_INLINED void hidden() { sink = new char[300]; } }
struct Config { NOT_INLINED Config() { sink = new char[77]; } };
}
extern "C" NOT_INLINED void c_function(const char* text) { sink = strdup(text); }
static inline void small() { sink = new char[33]; }
int main() {
  for (int i = 0; i < 50; ++i) describe(i);
  app::Key key;
  key = 500;
  app::make<long>(9);
  app::hidden();
  app::Config config;
  c_function("a text to copy");
  small();
  [] { sink = new char[11]; }();
  sink = nullptr;
}
)";

TEST(LeakWords, ValgrindReadsTheSuppressionsThatAreWrittenForIt) {
  ASSERT_TRUE(isInstalled("valgrind"));
  for (const char* level : {"-O0", "-O1", "-O2"}) {
    const Built program(kOddNames, {"g++", "-g", level});
    ASSERT_EQ(program
                  .heaptap({"suppress", "--no-builtin-suppressions", "--format", "valgrind", "s.heaptap",
                            "-o", "v.supp"})
                  .status,
              0);
    const auto lost = [&](const std::string& suppressions) {
      return runProcess(
          {.argv = {"valgrind", "-q", "--leak-check=full", "--show-leak-kinds=all", "--error-exitcode=9",
                    "--errors-for-leak-kinds=all", "--suppressions=" + suppressions, "./program"},
           .folder = program.folder.path()});
    };
    program.folder.write("none.supp", "");
    EXPECT_EQ(lost("none.supp").status, 9);
    const Outcome quiet = lost("v.supp");
    EXPECT_EQ(quiet.status, 0)
        << level << "\n"
        << quiet.err << runProcess({.argv = {"cat", "v.supp"}, .folder = program.folder.path()}).out;
    EXPECT_EQ(groupsOf(program.report({"--suppressions", "v.supp"})), std::vector<std::string>()) << level;
  }
}

/// Threads, streams, a singleton, globals, templates with types of the program: much that is kept on purpose.
constexpr const char* kKeeps = R"(#include <clocale>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>
#include <vector>
struct Secret { std::string name; };
static std::vector<int>* early = new std::vector<int>(100);
struct Registry { static Registry& instance() { static Registry* only = new Registry; return *only; } int n[30]; };
static void* volatile sink;
__attribute__((noinline)) void leak() { for (int i = 0; i < 5; ++i) sink = new std::vector<Secret>(3); }
int main() {
  std::setlocale(LC_ALL, "C.UTF-8");
  std::cout << early->size() << std::endl;
  std::puts("text");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([] { std::cerr << ""; });
  for (auto& thread : threads) thread.join();
  Registry::instance().n[0] = 1;
  leak();
  sink = nullptr;
}
)";

/// "leaked       600 B in 30 blocks; …" of what a run says at its end; `label` may be "left at end".
TEST(LeakWords, WhatRunCallsLeakedIsWhatItsReportCallsLeaked) {
  const Built program(kKeeps, {"g++", "-g", "-O0"});
  const json leaked = program.report()["leakSummary"]["leaked"];
  const std::string words =
      formatBytes(leaked["bytes"].get<std::uint64_t>()) + " in " + leaked["blocks"].dump() + " blocks; ";
  const Daemon daemon;
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"-o", "again.heaptap"},
        std::vector<std::string>{"--collector", daemon.address()}}) {
    std::vector<std::string> run{"run"};
    run.insert(run.end(), options.begin(), options.end());
    std::vector<std::string> alone = run;
    alone.insert(alone.end(), {"--force", "--", "./program"});
    const Outcome one = program.heaptap(alone);
    EXPECT_THAT(one.err, AllOf(HasSubstr("  leaked       " + words), HasSubstr(" kept on purpose\n")))
        << options[0];
    run.insert(run.end(), {"--force", "--", "sh", "-c", "./program; ./program; true"});
    const Outcome three = program.heaptap(run);
    EXPECT_THAT(three.err, HasSubstr(", leaked " + formatBytes(leaked["bytes"].get<std::uint64_t>()) + ": "))
        << options[0];
  }
  const Outcome top = program.heaptap({"top", "--once", "s.heaptap"});
  EXPECT_EQ(top.status, 0);
  EXPECT_THAT(top.out, AllOf(HasSubstr(" left at end in "), Not(HasSubstr("leaked"))));
}

TEST(LeakWords, AnAnonymizedCopyIsJudgedLikeItsSession) {
  for (const std::vector<std::string>& compiler : std::vector<std::vector<std::string>>{
           {"g++", "-g", "-O0"}, {"g++", "-O2"}, {"g++", "-g", "-O2", "-static-libstdc++"}}) {
    const Built program(kKeeps, compiler);
    const Outcome copied = program.heaptap({"anonymize", "s.heaptap", "-o", "copy.heaptap"});
    ASSERT_EQ(copied.status, 0) << copied.err;
    EXPECT_THAT(copied.err, AllOf(HasSubstr("wrote copy.heaptap"), HasSubstr("heaptap report copy.heaptap")));
    const json session = program.report();
    const json copy = json::parse(program.heaptap({"report", "--json", "copy.heaptap"}).out);
    EXPECT_GE(session["leakSummary"]["kept"]["groups"], 3) << session["leakSummary"].dump();
    for (const char* kind : {"leaked", "growing", "once", "kept"})
      EXPECT_EQ(copy["leakSummary"][kind], session["leakSummary"][kind]) << kind << " " << compiler.back();
    EXPECT_EQ(copy["leakGroups"]["name"], session["leakGroups"]["name"]);
    const std::string text = program.heaptap({"report", "copy.heaptap"}).out;
    EXPECT_THAT(text, HasSubstr("this is an anonymized copy"));
    EXPECT_THAT(text, Not(HasSubstr("build it with -g")));
    EXPECT_THAT(copy.dump(), AllOf(Not(HasSubstr("Secret")), Not(HasSubstr("Registry"))));
  }
}

}  // namespace
}  // namespace heaptap::test
