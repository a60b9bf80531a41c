// SPDX-License-Identifier: Apache-2.0
//
// Programs that cannot be recorded, started by one that is: they must run as if heaptap were not there, and
// the program that started them is recorded.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A shell that is recorded and runs `command`.
Recording recordedShell(const std::string& command,
                        const std::map<std::string, std::optional<std::string>>& environment = {}) {
  return Recording({"/bin/sh", "-c", command + "; status=$?; exit $status"}, environment);
}

/// Only the shell's session is there.
void expectTheShellOnly(const Recording& recording) {
  const auto reports = reportsIn(recording.folder());
  EXPECT_EQ(reports.size(), 1U);
  EXPECT_GT(recording["allocations"], 0);
  EXPECT_EQ(recording.text("end"), "exited " + std::to_string(recording.outcome().status));
}

bool isBuilt(const std::string& program) { return access(recordedProgram(program).c_str(), X_OK) == 0; }

struct Sanitizer {
  const char* name;
  const char* fault;
  const char* finding;
};

class SanitizedPrograms : public testing::TestWithParam<Sanitizer> {
 protected:
  std::string m_program = std::string("sanitized_") + GetParam().name;
  void SetUp() override {
    if (!isBuilt(m_program)) GTEST_SKIP() << "the compiler's runtime for it is not installed";
  }
};

TEST_P(SanitizedPrograms, RunUnharmedAndUnrecordedAsChildren) {
  const Recording recording = recordedShell(recordedProgram(m_program) + " one two");
  EXPECT_EQ(recording.outcome().status, 5) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().err, "");
  EXPECT_EQ(recording.outcome().out, m_program.substr(0, 15) + " as " + recordedProgram(m_program) +
                                         " with 3 arguments, preloaded: nothing\n");
  expectTheShellOnly(recording);
}

TEST_P(SanitizedPrograms, StillFindWhatTheyAreBuiltFor) {
  if (GetParam().fault == nullptr) GTEST_SKIP() << "it looks at the end only";
  // No re-execution of its own for a fixed layout of addresses, and no symbols: both take long.
  const Recording recording =
      recordedShell(recordedProgram(m_program) + " " + GetParam().fault,
                    {{"TSAN_OPTIONS", "symbolize=0"}, {"ASAN_OPTIONS", "symbolize=0"}});
  EXPECT_NE(recording.outcome().status, 0);
  EXPECT_THAT(recording.outcome().err, HasSubstr(GetParam().finding));
}

INSTANTIATE_TEST_SUITE_P(With, SanitizedPrograms,
                         testing::Values(Sanitizer{"address", "use-after-free", "heap-use-after-free"},
                                         Sanitizer{"thread", "race", "data race"},
                                         Sanitizer{"leak", nullptr, nullptr},
                                         Sanitizer{"clang", "use-after-free", "heap-use-after-free"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Preloading, KeepsWhatElseIsPreloadedForASanitizedProgram) {
  if (!isBuilt("sanitized_leak")) GTEST_SKIP() << "the compiler's runtime for it is not installed";
  const std::string other = recordedProgram("libearly_constructor.so");
  const Recording recording =
      recordedShell("export LD_PRELOAD=\"" + other + " $LD_PRELOAD\"; " + recordedProgram("sanitized_leak"));
  EXPECT_EQ(recording.outcome().status, 5) << recording.outcome().err;
  EXPECT_THAT(recording.outcome().out, HasSubstr("preloaded: " + other + "\n"));
}

class OtherKinds : public testing::TestWithParam<const char*> {};

TEST_P(OtherKinds, RunUnharmedAndUnrecordedAsChildren) {
  const std::string program = std::string("kind_") + GetParam();
  if (!isBuilt(program)) GTEST_SKIP() << "cannot be built here";
  const Recording recording = recordedShell(recordedProgram(program));
  EXPECT_EQ(recording.outcome().status, 6) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().err, "");
  EXPECT_EQ(recording.outcome().out, "unharmed\n");
  expectTheShellOnly(recording);
}

INSTANTIATE_TEST_SUITE_P(Of, OtherKinds, testing::Values("static", "staticpie", "musl", "muslstatic"),
                         [](const auto& test) { return std::string(test.param); });

TEST(SetUidPrograms, RunUnharmedAndUnrecordedAsChildren) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const TemporaryFolder folder;
  const std::filesystem::path copy = folder / "known_heap";
  std::filesystem::copy_file(recordedProgram("known_heap"), copy);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  ASSERT_EQ(chown(copy.c_str(), 12345, 12345), 0);
  ASSERT_EQ(chmod(copy.c_str(), 04755), 0);
  const Recording recording = recordedShell(copy);
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  expectTheShellOnly(recording);
}

// Valgrind replaces the program's malloc: it counts as ever, and only its own start is recorded.
TEST(Valgrind, CountsAsEverOnTopOfHeaptap) {
  const char* const valgrind = "/usr/bin/valgrind";
  if (access(valgrind, X_OK) != 0) GTEST_SKIP() << "valgrind is not installed";
  const std::vector<std::string> argv{valgrind, "--leak-check=no", recordedProgram("known_heap")};
  const auto heapSummary = [](const std::string& text) {
    const auto at = text.find("total heap usage:");
    return at == std::string::npos ? text : text.substr(at, text.find('\n', at) - at);
  };
  const Outcome alone = runProcess({.argv = argv});
  const Recording recording(argv);
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_THAT(alone.err, HasSubstr("total heap usage:"));
  EXPECT_EQ(heapSummary(recording.outcome().err), heapSummary(alone.err));
  EXPECT_THAT(recording.outcome().err, Not(HasSubstr("Invalid")));
}

}  // namespace
}  // namespace heaptap::test
