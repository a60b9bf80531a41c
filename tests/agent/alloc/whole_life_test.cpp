// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/alloc/compiler.h"
#include "tests/support/child_process.h"

namespace heaptap {
namespace {

using testing::HasSubstr;

/// The program, with operators new and delete replaced, or with the malloc family as well.
const std::string kPrograms[] = {HEAPTAP_WHOLE_LIFE_PROGRAM, HEAPTAP_WHOLE_LIFE_MALLOC_PROGRAM};

/// Runs it, by itself or under another one. How many blocks its allocator has seen.
unsigned long blocksOf(const std::string& program, std::vector<std::string> argv, const std::string& what) {
  argv.insert(argv.end(), {program, what});
  const auto outcome = test::runProcess({.argv = argv});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return outcome.out.empty() ? 0 : std::stoul(outcome.out);
}

TEST(GlobalAllocator, IsThereBeforeTheFirstConstructorAndAfterTheLastDestructor) {
  for (const auto& program : kPrograms) EXPECT_GT(blocksOf(program, {}, ""), 1000U);
}

TEST(GlobalAllocator, ServesManyThreads) {
  for (const auto& program : kPrograms) EXPECT_GT(blocksOf(program, {}, "threads"), 17000U);
}

TEST(GlobalAllocator, ServesForkedChildren) {
  for (const auto& program : kPrograms) EXPECT_GT(blocksOf(program, {}, "fork"), 1000U);
}

class UnderValgrind : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(HEAPTAP_VALGRIND).ends_with("NOTFOUND")) GTEST_SKIP() << "valgrind is not installed";
  }
  const std::vector<std::string> m_valgrind{HEAPTAP_VALGRIND, "--quiet", "--error-exitcode=9"};
  const std::string m_noIntercepts = "--soname-synonyms=somalloc=nouserintercepts";
};

TEST_F(UnderValgrind, ProgramsRunWellWhicheverMallocIsTaken) {
  for (const auto& program : kPrograms) {
    // Without options valgrind takes the place of a program's own malloc, and leaves it new.
    EXPECT_GE(blocksOf(program, m_valgrind, "threads"), 1U);
    auto withoutIntercepts = m_valgrind;
    withoutIntercepts.push_back(m_noIntercepts);
    EXPECT_GT(blocksOf(program, withoutIntercepts, "threads"), 17000U);
  }
}

TEST_F(UnderValgrind, MemcheckSeesEveryBlock) {
  for (const auto& program : kPrograms) {
    for (const char* const option : {"--verbose", m_noIntercepts.c_str()}) {
      auto command = m_valgrind;
      command.insert(command.end(), {option, program, "overrun"});
      const auto overrun = test::runProcess({.argv = command});
      EXPECT_EQ(overrun.status, 9) << program;
      EXPECT_THAT(overrun.err, HasSubstr("Invalid write of size 1")) << program;
    }
  }
}

class Sanitized : public test::WithCompiler {
 protected:
  /// Builds the program with a sanitizer; false where the compiler has none.
  bool buildWith(const std::string& sanitizer) {
    compiler().write("empty.cpp", "int main() {}\n");
    if (compiler().run({"-fsanitize=" + sanitizer, "empty.cpp", "-o", "empty"}).status != 0) return false;
    const std::string tree = HEAPTAP_SOURCE_FOLDER;
    build("program", {"-g", "-fsanitize=" + sanitizer, "-I" + tree,
                      tree + "/tests/agent/alloc/whole_life_program.cpp", "-pthread"});
    return !HasFatalFailure();
  }
};
HEAPTAP_WITH_EACH_COMPILER(Sanitized);

TEST_P(Sanitized, ProgramKeepsTheOperatorsOfAsan) {
  if (!buildWith("address")) GTEST_SKIP() << "no AddressSanitizer here";
  const auto well = compiler().start("program", {"threads"});
  EXPECT_EQ(well.status, 0) << well.err;
  EXPECT_EQ(well.out, "1\n") << "what Heap has asked for";
  const auto overrun = compiler().start("program", {"overrun"});
  EXPECT_NE(overrun.status, 0);
  EXPECT_THAT(overrun.err, HasSubstr("heap-buffer-overflow"));
  EXPECT_THAT(overrun.err, HasSubstr("operator new[]"));
}

TEST_P(Sanitized, ProgramHasNoRaceInTheGlobalAllocator) {
  if (!buildWith("thread")) GTEST_SKIP() << "no ThreadSanitizer here";
  const auto well = compiler().start("program", {"threads"});
  EXPECT_EQ(well.status, 0) << well.err;
  EXPECT_EQ(well.err, "");
}

}  // namespace
}  // namespace heaptap
