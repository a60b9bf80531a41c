// SPDX-License-Identifier: Apache-2.0
//
// Places where little works: the program must not notice, and the user must be told in one line.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

/// known_heap after `limit`, both by a shell that is recorded too.
class Limited {
 public:
  explicit Limited(const std::string& limit)
      : m_run({"/bin/sh", "-c", limit + "; exec " + recordedProgram("known_heap")}) {}

  [[nodiscard]] const Outcome& outcome() const { return m_run.outcome(); }
  /// Blocks that known_heap leaked, over all sessions: 10 when it was recorded.
  [[nodiscard]] std::int64_t leakedByTen() const {
    std::int64_t blocks = 0;
    for (const Report& report : reportsIn(m_run.folder()))
      for (const auto& site : report.sitesIn("leakTen")) blocks += site.at("blocks").get<std::int64_t>();
    return blocks;
  }

 private:
  Recording m_run;
};

Outcome runUnder(const std::string& limit,
                 const std::map<std::string, std::optional<std::string>>& variables) {
  const TemporaryFolder folder;
  return runProcess({.argv = {"/bin/sh", "-c",
                              limit + "; exec " HEAPTAP_COMMAND " run -q -o here.heaptap -- " +
                                  recordedProgram("known_heap")},
                     .environment = variables,
                     .folder = folder.path()});
}

std::int64_t lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST(HostileEnvironments, AFileSizeLimitDoesNotConcernTheSharedMemory) {
  const Limited limited("ulimit -f 1");
  EXPECT_EQ(limited.outcome().status, 0) << limited.outcome().err;
  EXPECT_EQ(limited.leakedByTen(), 10);
  EXPECT_EQ(limited.outcome().err, "");
}

TEST(HostileEnvironments, WithoutADescriptorForTheMemoryTheProgramRunsUnrecordedAndTheUserIsTold) {
  // With fewer, the loader cannot open a library.
  const Limited limited("ulimit -n 4");
  EXPECT_EQ(limited.outcome().status, 0) << limited.outcome().err;
  EXPECT_EQ(limited.leakedByTen(), 0);
  EXPECT_EQ(lines(limited.outcome().err), 1) << limited.outcome().err;
}

TEST(HostileEnvironments, WithoutAddressSpaceTheProgramRunsUnrecordedAndTheUserIsTold) {
  const Limited limited("ulimit -v 200000");
  EXPECT_EQ(limited.outcome().status, 0) << limited.outcome().err;
  EXPECT_EQ(limited.leakedByTen(), 0);
  EXPECT_NE(limited.outcome().err.find("there may not be enough memory"), std::string::npos)
      << limited.outcome().err;
  EXPECT_EQ(lines(limited.outcome().err), 1) << limited.outcome().err;
}

TEST(HostileEnvironments, RunItselfWithoutDescriptorsSaysSoInOneLine) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's runtime needs descriptors of its own";
#endif
  const Outcome outcome = runUnder("ulimit -n 4", {});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
}

TEST(HostileEnvironments, RunItselfUnderAFileSizeLimitSaysSoInOneLine) {
  const Outcome outcome = runUnder("ulimit -f 1", {});
  EXPECT_EQ(outcome.status, 125);
  EXPECT_EQ(lines(outcome.err), 1) << outcome.err;
}

TEST(HostileEnvironments, AMissingRuntimeFolderIsReplaced) {
  for (const char* folder : {"/nonexistent", "/proc"}) {
    const Outcome outcome = runUnder("true", {{"XDG_RUNTIME_DIR", folder}, {"TMPDIR", folder}});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST(HostileEnvironments, FilesAreNamedAsTheCommandWasCalled) {
  const TemporaryFolder folder;
  const Outcome outcome = runProcess(
      {.argv = {HEAPTAP_COMMAND, "run", "-q", "--", "sh", "-c", "exit 0"}, .folder = folder.path()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_TRUE(entry.path().filename().string().starts_with("sh.")) << entry.path();
    ++found;
  }
  EXPECT_EQ(found, 1);
}

TEST(OwnAllocators, InFrontOfHeaptapsAreToldNotPassedOver) {
  const Recording recording({recordedProgram("own_malloc")});
  EXPECT_EQ(recording.outcome().status, 0);
  EXPECT_THAT(recording.outcome().err, testing::HasSubstr("own_malloc: defines malloc itself, in front of"));
  EXPECT_THAT(recording.report().at("summary").at("notes").dump(),
              testing::HasSubstr("the program defines malloc itself"));
}

TEST(OwnAllocators, OfAProgramsChildrenAreToldInTheirSessions) {
  const Recording recording({"/bin/sh", "-c", recordedProgram("own_malloc") + " && true"});
  EXPECT_EQ(recording.outcome().status, 0);
  int told = 0;
  for (const Report& report : reportsIn(recording.folder()))
    told +=
        report.report().at("summary").at("notes").dump().find("defines malloc itself") != std::string::npos;
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace heaptap::test
