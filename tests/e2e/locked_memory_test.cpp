// SPDX-License-Identifier: Apache-2.0
//
// Programs that lock their memory: what heaptap has in them is neither locked nor made real, and what the
// program gets is what it gets without heaptap.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

/// What `locks_memory` says.
struct Said {
  std::string calls;   ///< What came of its calls, process by process.
  long lockedKib = 0;  ///< The last process's.
  long residentKib = 0;
};

Said saidIn(const Outcome& outcome) {
  Said said;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);)
    if (std::sscanf(line.c_str(), "VmLck: %ld", &said.lockedKib) != 1 &&
        std::sscanf(line.c_str(), "VmRSS: %ld", &said.residentKib) != 1)
      said.calls += line + "\n";
  return said;
}

std::vector<std::string> program(const std::string& way, std::optional<long> limitKib = {}) {
  std::vector<std::string> argv{recordedProgram("locks_memory"), way};
  if (limitKib) argv.push_back(std::to_string(*limitKib));
  return argv;
}

class LockedMemory : public testing::TestWithParam<std::string> {};

TEST_P(LockedMemory, IsTheProgramsOwnOnly) {
  const Said plain = saidIn(runProcess({.argv = program(GetParam())}));
  const Recording recording(program(GetParam()));
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  const Said recorded = saidIn(recording.outcome());
  EXPECT_EQ(recorded.calls, plain.calls);
  EXPECT_NEAR(static_cast<double>(recorded.lockedKib), static_cast<double>(plain.lockedKib), 512);
  EXPECT_LT(recorded.residentKib, plain.residentKib + 8 * 1024);
  EXPECT_EQ(recording["droppedEvents"], 0);
  const auto stack = recording.siteIn("deep").at("stack");
  EXPECT_EQ(std::count_if(stack.begin(), stack.end(),
                          [](const auto& frame) {
                            return frame.at("function").is_string() &&
                                   frame.at("function").template get<std::string>().find("deep") !=
                                       std::string::npos;
                          }),
            2001);
}

INSTANTIATE_TEST_SUITE_P(InEveryWay, LockedMemory,
                         testing::Values("current", "future", "both", "onfault", "number", "wrong", "twice",
                                         "again", "fork"));

// The limit counts for another user only, which root can become.
class LimitedLocks : public testing::TestWithParam<long> {};

TEST_P(LimitedLocks, SucceedExactlyWhereTheyDoPlain) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  for (const char* way : {"current", "future", "both", "onfault"}) {
    SCOPED_TRACE(way);
    const Said plain = saidIn(runProcess({.argv = program(way, GetParam())}));
    const Recording recording(program(way, GetParam()));
    const Said recorded = saidIn(recording.outcome());
    EXPECT_EQ(recorded.calls, plain.calls);
    EXPECT_NEAR(static_cast<double>(recorded.lockedKib), static_cast<double>(plain.lockedKib), 512);
  }
}

INSTANTIATE_TEST_SUITE_P(OfKibibytes, LimitedLocks, testing::Values(0, 64, 2048, 65536, 1 << 20));

}  // namespace
}  // namespace heaptap::test
