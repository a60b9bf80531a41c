// SPDX-License-Identifier: Apache-2.0
//
// Every stack that heaptap finds in whole programs, frame by frame against libunwind's. More of the same with
// HEAPTAP_STACK_CHECK_SCALE=N in the environment.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tests/stack_check/checked_run.h"

namespace heaptap::stack_check {
namespace {

long scale() {
  const char* text = getenv("HEAPTAP_STACK_CHECK_SCALE");
  const long factor = text == nullptr ? 1 : atol(text);
  return factor < 1 ? 1 : factor;
}

std::string times(long count) { return std::to_string(count * scale()); }

std::string own(const std::string& name) { return STACK_CHECK_PROGRAMS "/" + name; }

void expectEqualStacks(const CheckedRun& run, std::uint64_t atLeast) {
  std::cout << run.summary() << '\n';
  EXPECT_EQ(run.outcome.status, 0) << run.outcome.err;
  EXPECT_EQ(run.mismatches, 0U) << run.firstMismatches;
  EXPECT_GE(run.stacks, atLeast);
  EXPECT_EQ(run.overflows, 0U);
  // The loader's, before any constructor, and those of loading libunwind.
  EXPECT_LT(run.early, 100U);
}

/// A program of the distribution.
struct Installed {
  const char* name;
  std::vector<std::string> argv;
  std::uint64_t atLeast;
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it.
void PrintTo(const Installed& program, std::ostream* out) { *out << program.name; }

std::string sqlStatements() {
  return "CREATE TABLE t(a,b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<" +
         times(1000) + ") INSERT INTO t SELECT i, hex(i) FROM n; SELECT count(*), sum(length(b)) FROM t;";
}

class InstalledPrograms : public testing::TestWithParam<Installed> {};

TEST_P(InstalledPrograms, HaveTheStacksThatLibunwindFinds) {
  const auto& argv = GetParam().argv;
  if (!std::filesystem::exists(argv.front())) GTEST_SKIP() << argv.front() << " is not installed";
  const CheckedRun run = checkStacks({.argv = argv, .environment = {{"PYTHONMALLOC", "malloc"}}});
  expectEqualStacks(run, GetParam().atLeast);
}

// Clang compiles a header of C, or of C++ for many more allocations.
INSTANTIATE_TEST_SUITE_P(
    Of, InstalledPrograms,
    testing::Values(
        Installed{"jq", {"/usr/bin/jq", "-n", "[range(" + times(3000) + ")]|map(tostring)|length"}, 10'000},
        Installed{"sqlite3", {"/usr/bin/sqlite3", ":memory:", sqlStatements()}, 300},
        Installed{
            "python3",
            {"/usr/bin/python3", "-c",
             "import json; print(len(json.dumps([{str(i): [i]} for i in range(" + times(1000) + ")])))"},
            20'000},
        Installed{"perl",
                  {"/usr/bin/perl", "-e",
                   "my %h; $h{$_} = [$_, \"x$_\"] for 1.." + times(3000) + "; print scalar(keys %h)"},
                  5'000},
        Installed{"clang",
                  {"/usr/bin/clang", "-O1", "-c", "-x", scale() > 1 ? "c++" : "c", "-include",
                   scale() > 1 ? "regex" : "stdlib.h", "/dev/null", "-o", "/dev/null"},
                  5'000}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StackCheck, FindsAWalkerThatBelievesWithoutProof) {
  const CheckedRun run = checkStacks({.argv = {own("frames"), "1"}}, Proofs::Believed);
  EXPECT_EQ(run.outcome.status, 0) << run.outcome.err;
  EXPECT_GT(run.mismatches, 500U) << run.summary();
  EXPECT_NE(run.firstMismatches.find("another pc"), std::string::npos) << run.firstMismatches;
}

class Frames : public testing::TestWithParam<const char*> {};

TEST_P(Frames, OfEveryFormAreWalked) {
  const CheckedRun run = checkStacks({.argv = {own(GetParam()), times(40)}});
  expectEqualStacks(run, 10'000);
  EXPECT_EQ(run.outcome.out, "done\n");
  EXPECT_GT(run.truncated, 0U);
  EXPECT_GT(run.guessed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Of, Frames, testing::Values("frames", "frames_in_pieces"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Stacks, OfFibersCoroutinesAndThreadsAreWalked) {
  const CheckedRun run = checkStacks({.argv = {own("other_stacks"), times(10)}});
  expectEqualStacks(run, 10'000);
  EXPECT_EQ(run.outcome.out, "done\n");
}

TEST(Stacks, OfSignalHandlersAreWalkedWhereverTheyInterrupt) {
  const CheckedRun run = checkStacks({.argv = {own("interruptions"), times(500)}});
  expectEqualStacks(run, 2'000);
  EXPECT_GE(std::stol(run.outcome.out), 4 * 500 * scale());
}

class ReusedAddresses : public testing::TestWithParam<const char*> {};

TEST_P(ReusedAddresses, AreWalkedByTheRulesOfTheLibraryThatIsThereNow) {
  const std::string converters = own("converters");
  std::vector<std::string> argv{own("reloads"), GetParam()};
  if (GetParam() != std::string("iconv"))
    argv.insert(argv.end(), {converters + "/converter_small.so", converters + "/converter_large.so"});
  const CheckedRun run = checkStacks({.argv = argv, .environment = {{"GCONV_PATH", converters}}});
  expectEqualStacks(run, 300);
  ASSERT_FALSE(run.outcome.out.empty());
  if (std::stol(run.outcome.out) == 0) GTEST_SKIP() << "the loader uses other addresses: nothing was tried";
}

INSTANTIATE_TEST_SUITE_P(By, ReusedAddresses, testing::Values("dlopen", "unseen", "iconv"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace heaptap::stack_check
