// SPDX-License-Identifier: Apache-2.0
//
// Programs that recover from an overflow of their stack by a jump, mostly out of heaptap's own code: what
// they allocate afterwards is all there.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

struct Overflow {
  std::string entry, place;
};
void PrintTo(const Overflow& overflow, std::ostream* out) {
  *out << overflow.entry << " on " << overflow.place;
}

class Overflows : public testing::TestWithParam<Overflow> {};

TEST_P(Overflows, LeaveTheThreadRecordedAsBefore) {
  constexpr int kRounds = 20;
  // The main thread's stack, which would take longer to fill.
  rlimit before{};
  getrlimit(RLIMIT_STACK, &before);
  const rlimit small{256 * 1024, before.rlim_max};
  setrlimit(RLIMIT_STACK, &small);
  const Recording recording(
      {recordedProgram("overflows"), GetParam().entry, GetParam().place, std::to_string(kRounds)});
  setrlimit(RLIMIT_STACK, &before);
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_THAT(recording.outcome().out, testing::HasSubstr("recovered 20 times"));
  int allocations = 0;
  for (const auto& site : recording.sitesIn("known")) allocations += site.value("allocations", 0);
  EXPECT_EQ(allocations, kRounds * 100 + 1000);
  EXPECT_EQ(recording["droppedEvents"], 0);
  EXPECT_EQ(recording["unmatchedFrees"], 0);
}

INSTANTIATE_TEST_SUITE_P(OfStacks, Overflows,
                         testing::Values(Overflow{"malloc", "main"}, Overflow{"calloc", "main"},
                                         Overflow{"new", "main"}, Overflow{"malloc", "thread"},
                                         Overflow{"free", "fiber"}, Overflow{"malloc", "fiber"},
                                         Overflow{"realloc", "fiber"}, Overflow{"memalign", "newfiber"},
                                         Overflow{"malloc", "newfiber"}));

// Each fiber is left in the middle of an allocation, and might go on with it: after some of them there is no
// lane left for the thread. That is told, with its reason.
TEST(Fibers, LeftInTheMiddleOfTooManyHooksAreDroppedAsNesting) {
  const Recording recording({recordedProgram("overflows"), "malloc", "onemore", "60"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_THAT(recording.outcome().out, testing::HasSubstr("recovered 60 times"));
  EXPECT_GE(recording["droppedAllocations"], 1000);
  recording.expectDropsOnlyOf("nesting");
}

// A layer that an exception has left on a stack which is gone: what the thread remembers of it is not looked at.
class AbandonedLayers : public testing::TestWithParam<std::string> {};

TEST_P(AbandonedLayers, OnUnmappedStacksSilenceNothingAndAreNotRead) {
  const Recording recording({recordedProgram("abandoned_layers"), GetParam()});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "left 20 layers\n");
  EXPECT_EQ(recording.siteIn("known").value("allocations", 0), 20 * 10);
  EXPECT_EQ(recording.siteIn("leaveLayer").value("allocations", 0), 20);
  EXPECT_TRUE(recording.sitesIn("allocateAndThrow").empty());
  EXPECT_EQ(recording["droppedEvents"], 0);
}

INSTANTIATE_TEST_SUITE_P(Of, AbandonedLayers, testing::Values("main", "thread", "arena"));

TEST(Fibers, WithAnythingInTheFramePointerRunUnharmed) {
  const Recording recording({recordedProgram("garbage_frame_pointers")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "140 ways\n");
  int allocations = 0;
  for (const auto& site : recording.sitesIn("inFiber")) allocations += site.value("allocations", 0);
  EXPECT_EQ(allocations, 140 * 5);
  EXPECT_EQ(recording["droppedEvents"], 0);
}

}  // namespace
}  // namespace heaptap::test
