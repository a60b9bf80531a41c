// SPDX-License-Identifier: Apache-2.0
//
// What the loader allocates for a thread is larger for heaptap's own thread-local variables: not the
// program's.
#include <gmock/gmock.h>

#include <cstdio>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

class RecordedThreadVectors : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(RecordedThreadVectors, HaveTheSizeThatTheyHaveWithoutHeaptap) {
  const std::vector<std::string> argv{recordedProgram("thread_vectors"), "1"};
  unsigned long plain = 0;
  ASSERT_EQ(std::sscanf(runProcess({.argv = argv}).out.c_str(), "%lu bytes", &plain), 1);
  const Recording recording(argv, {}, {}, GetParam());
  EXPECT_EQ(recording.outcome().out, std::to_string(plain + 16) + " bytes\n") << "one more place is there";
  const Recording& none = baseline();
  // All else that the program allocates: the runtime's beginning, and the buffer of standard output.
  EXPECT_EQ(
      recording["allocatedBytes"] - none["allocatedBytes"],
      static_cast<std::int64_t>(plain) + (recording["allocations"] - none["allocations"] == 2 ? 4096 : 0));
}

TEST(ThreadVectors, OfAnotherAllocatorHaveTheirSizeToo) {
  const std::map<std::string, std::optional<std::string>> allocator{
      {"LD_PRELOAD", recordedProgram("liblayered_allocator.so")}};
  const std::vector<std::string> argv{recordedProgram("thread_vectors"), "1"};
  unsigned long plain = 0;
  ASSERT_EQ(
      std::sscanf(runProcess({.argv = argv, .environment = allocator}).out.c_str(), "%lu bytes", &plain), 1);
  const Recording recording(argv, allocator);
  EXPECT_EQ(recording.outcome().out, std::to_string(plain + 16) + " bytes\n");
  const Recording none({recordedProgram("does_nothing")}, allocator);
  EXPECT_EQ(
      recording["allocatedBytes"] - none["allocatedBytes"],
      static_cast<std::int64_t>(plain) + (recording["allocations"] - none["allocations"] == 2 ? 4096 : 0));
}

// A thread that uses more objects than its vector has places for gets a larger one.
TEST(GrownThreadVectors, HaveTheSizeThatTheyHaveWithoutHeaptap) {
  const std::vector<std::string> argv{recordedProgram("thread_vectors"), "40",
                                      recordedProgram("libthread_local.so")};
  unsigned long plain = 0;
  ASSERT_EQ(std::sscanf(runProcess({.argv = argv}).out.c_str(), "%lu bytes", &plain), 1);
  const Recording recording(argv);
  EXPECT_EQ(recording.outcome().out, std::to_string(plain + 16) + " bytes\n");
  std::vector<std::int64_t> sizes;
  for (const auto& leak : recording.report().at("leaks"))
    if (leak.at("blocks") == 1) sizes.push_back(leak.at("bytes").get<std::int64_t>());
  const auto wanted = static_cast<std::int64_t>(plain);
  EXPECT_THAT(sizes, testing::Contains(wanted));
  EXPECT_THAT(sizes, testing::Not(testing::Contains(wanted + 16)));
}

INSTANTIATE_TEST_SUITE_P(OrCounted, RecordedThreadVectors,
                         testing::Values(std::vector<std::string>{},
                                         std::vector<std::string>{"--sample", "64K"}));

}  // namespace
}  // namespace heaptap::test
