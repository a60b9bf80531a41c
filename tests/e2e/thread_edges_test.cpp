// SPDX-License-Identifier: Apache-2.0
//
// What comes at the edges of threads: their ends, stacks that are not libc's, signals.
#include <gtest/gtest.h>

#include "tests/e2e/environment_number.h"
#include "tests/e2e/own_counts.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

TEST(ThreadEdges, VallocInTheDestructorOfAKeyIsRecordedForEachThread) {
  const Recording recording({recordedProgram("thread_edges"), "valloc-at-exit", "40"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  // Forty threads, and the main thread, which leaves by pthread_exit.
  std::int64_t blocks = 0;
  for (const auto& site : recording.sitesIn("atExit")) {
    blocks += site.at("blocks").get<std::int64_t>();
    EXPECT_EQ(site.at("bytes").get<std::int64_t>(), 1234 * site.at("blocks").get<std::int64_t>());
  }
  EXPECT_EQ(blocks, 41);
}

TEST(ThreadEdges, AHundredTimesAHundredAlignedBlocksAreAllThere) {
  const Recording recording({recordedProgram("thread_edges"), "aligned", "100"});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording["threads"], 101);
  const auto site = recording.siteIn("allocateAligned");
  EXPECT_EQ(site.value("allocations", 0), 100 * 100);
  EXPECT_EQ(site.value("blocks", 0), 100 * 50);
  EXPECT_EQ(site.value("bytes", 0), 100 * 50 * 100);
}

TEST(ThreadEdges, AStackThatIsUnmappedAtOnceDoesNoHarm) {
  const Recording recording({recordedProgram("thread_edges"), "given-stacks", "300"});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording.siteIn("onGivenStack").value("blocks", 0), 300);
}

TEST(ThreadEdges, AThreadThatBeginsWithoutMemoryIsDroppedWithThatReason) {
  const Recording recording({recordedProgram("short_of_memory"), "1000"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectDropsOnlyOf("memory");
  EXPECT_EQ(recording["droppedAllocations"], 1000);
  EXPECT_EQ(recording["droppedBytes"], 40'000);
  EXPECT_TRUE(recording.sitesIn("allocateLate").empty());
}

TEST(ThreadEdges, SignalsOfTheProcessGoToTheProgramsOwnThread) {
  const Recording recording({recordedProgram("thread_edges"), "own-signals", "500"});
  EXPECT_EQ(recording.outcome().status, 0);
  EXPECT_EQ(recording.outcome().out, "threads 1 handled 500 late 0\n");
  recording.expectConservation();
  EXPECT_EQ(recording.siteIn("handle").value("blocks", 0), 500);
}

// Recorded or dropped, and a drop is counted: only what interrupts a handler that interrupted the hook is
// dropped.
TEST(SignalStorms, LoseNothingThatIsNotCounted) {
  for (long round = environmentNumber("HEAPTAP_STORM_ROUNDS", 2); round > 0 && !HasFailure(); --round) {
    const Recording recording({recordedProgram("storms"), "4", "400"}, {}, {}, {"--exact"});
    ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
    expectConservation(recording.report());
    expectOwnCounts(recording.report(), ownCounts(recording.outcome().out));
    EXPECT_GT(recording["allocations"], 4 * 400 * 2);
    EXPECT_LT(recording["droppedEvents"], recording["allocations"] / 10);
  }
}

}  // namespace
}  // namespace heaptap::test
