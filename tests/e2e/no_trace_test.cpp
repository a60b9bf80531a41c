// SPDX-License-Identifier: Apache-2.0
//
// A process is as it would be without heaptap, in all that it or others can see of it.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <sstream>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Process, LooksAsItDoesWithoutHeaptap) {
  const std::vector<std::string> argv{recordedProgram("shows_itself"), "a", "b c"};
  const TemporaryFolder folder;
  const Outcome plain = runProcess({.argv = argv, .folder = folder.path()});
  ASSERT_EQ(plain.status, 0);
  ASSERT_GT(linesOf(plain.out).size(), 100U);
  std::vector<std::string> run{HEAPTAP_COMMAND, "run", "-q", "-o", folder.path() / "it.heaptap", "--"};
  run.insert(run.end(), argv.begin(), argv.end());
  const Outcome recorded = runProcess({.argv = run, .folder = folder.path()});
  EXPECT_EQ(recorded.status, 0);
  EXPECT_EQ(linesOf(recorded.out), linesOf(plain.out));
  EXPECT_EQ(recorded.err, plain.err);
}

/// A limit as a shell sets it, and how much more than the least a program gets.
struct Limit {
  std::string option;
  long most;
  long more;  ///< What a preloaded library takes anyhow; of a stack, what it differs by each time.
  friend void PrintTo(const Limit& limit, std::ostream* out) { *out << "ulimit " << limit.option; }
};

class Limits : public testing::TestWithParam<Limit> {
 protected:
  static std::vector<std::string> underLimit(const std::string& command, long value) {
    return {"/bin/sh", "-c",
            "ulimit " + GetParam().option + " " + std::to_string(value) + " && exec " + command};
  }
  /// The least limit under which the command succeeds.
  static long least(const std::string& command) {
    long low = 0;
    long high = GetParam().most;
    while (low < high) {
      const long middle = (low + high) / 2;
      if (runProcess({.argv = underLimit(command, middle)}).status == 0)
        high = middle;
      else
        low = middle + 1;
    }
    return high;
  }
};

TEST_P(Limits, ThatSufficeWithoutHeaptapSufficeWithIt) {
  for (const std::string& command :
       {recordedProgram("does_nothing"), recordedProgram("known_heap"),
        std::string("/bin/cat /proc/self/limits"), std::string("/usr/bin/sort /etc/services")}) {
    SCOPED_TRACE(command);
    const auto argv = underLimit(command, least(command) + GetParam().more);
    const Outcome plain = runProcess({.argv = argv});
    ASSERT_EQ(plain.status, 0);
    const TemporaryFolder folder;
    std::vector<std::string> run{HEAPTAP_COMMAND, "run", "-q", "--"};
    run.insert(run.end(), argv.begin(), argv.end());
    const Outcome recorded = runProcess({.argv = run, .folder = folder.path()});
    EXPECT_EQ(recorded.status, plain.status) << recorded.err;
    EXPECT_EQ(recorded.out, plain.out);
  }
}

INSTANTIATE_TEST_SUITE_P(OfAShell, Limits,
                         testing::Values(Limit{"-n", 256, 0}, Limit{"-s", 1 << 14, 256},
                                         Limit{"-l", 1 << 14, 0}, Limit{"-f", 1 << 10, 0}, Limit{"-c", 0, 0},
                                         Limit{"-t", 20, 1}, Limit{"-v", 1 << 20, 2048},
                                         Limit{"-d", 1 << 20, 2048}));

/// The same, where the program sets the limit itself once it is recorded.
class OwnLimits : public testing::TestWithParam<const char*> {};

TEST_P(OwnLimits, DoToAProgramWhatTheyDoWithoutHeaptap) {
  const std::vector<std::string> argv{recordedProgram("limits_itself"), GetParam()};
  const Outcome plain = runProcess({.argv = argv});
  ASSERT_EQ(plain.status, 0) << plain.err;
  ASSERT_GT(linesOf(plain.out).size(), 8U);
  const Recording recording(argv, {}, {}, {"-q"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(linesOf(recording.outcome().out), linesOf(plain.out));
  EXPECT_EQ(recording.outcome().err, plain.err);
  // A forked child needs some memory of its own for its events.
  if (GetParam() == std::string("no-more-address-space"))
    recording.expectDropsOnlyOf("memory");
  else
    recording.expectConservation();
}

INSTANTIATE_TEST_SUITE_P(OfAProgram, OwnLimits,
                         testing::Values("address-space", "no-more-address-space", "data", "descriptors",
                                         "no-more-descriptors", "processes", "stack", "locked-memory",
                                         "file-size", "pending-signals", "cpu"));

}  // namespace
}  // namespace heaptap::test
