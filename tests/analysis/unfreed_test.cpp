// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/unfreed.h"

#include <gtest/gtest.h>

#include <limits>

namespace heaptap::analysis {
namespace {

v1::Summary sampled(std::uint64_t allocations, std::uint64_t frees, std::uint64_t allocatedBytes) {
  v1::Summary summary;
  summary.mutable_info()->set_state(v1::SESSION_COMPLETE);
  summary.mutable_sampling()->set_interval(1000);
  summary.set_allocations(allocations);
  summary.set_frees(frees);
  summary.set_allocated_bytes(allocatedBytes);
  return summary;
}

TEST(Unfreed, IsNoQuestionWhereEveryAllocationIsRecorded) {
  v1::Summary summary = sampled(10, 5, 100);
  summary.clear_sampling();
  EXPECT_FALSE(unfreedOf(summary));
}

TEST(Unfreed, WithoutASampleThreeIntervalsMayBeLeftButNotMoreThanWasAllocated) {
  EXPECT_EQ(unfreedOf(sampled(10, 5, 100'000))->mostBytes, 3'000U);
  EXPECT_EQ(unfreedOf(sampled(10, 5, 100))->mostBytes, 100U);
  EXPECT_EQ(unfreedOf(sampled(10, 5, 100))->blocks, 5U);
  EXPECT_EQ(unfreedText(*unfreedOf(sampled(10, 9, 100))), "1 block was not freed, of at most 100 B");
}

TEST(Unfreed, ErrorsAreAddedTwice) {
  v1::Summary summary = sampled(1'000, 5, 100'000);
  summary.set_live_bytes(4'000);
  summary.mutable_sampling()->set_live_bytes_error(500);
  EXPECT_EQ(unfreedOf(summary)->mostBytes, 4'000U + 1'000U + 3'000U);
}

TEST(Unfreed, WhereEveryBlockWasFreedNothingIsLeft) {
  const auto unfreed = unfreedOf(sampled(10, 10, 100'000));
  EXPECT_TRUE(unfreed->isNothing());
  EXPECT_EQ(unfreed->mostBytes, 0U);
}

TEST(Unfreed, CountsThatMeanSomethingElseProveNothing) {
  v1::Summary inherited = sampled(10, 10, 100);
  inherited.set_inherited_blocks(3);
  EXPECT_FALSE(unfreedOf(inherited)->blocks) << "the parent's blocks were freed, too";
  EXPECT_FALSE(unfreedOf(sampled(10, 11, 100))->blocks);
  v1::Summary cutShort = sampled(10, 10, 100);
  cutShort.mutable_info()->set_state(v1::SESSION_CUT_SHORT);
  EXPECT_FALSE(unfreedOf(cutShort)->blocks);
  EXPECT_EQ(unfreedOf(cutShort)->mostBytes, 3'000U);
  EXPECT_FALSE(unfreedOf(sampled(0, 0, 0))->blocks) << "the program has not said";
}

TEST(Unfreed, NumbersOfADamagedFileDoNotOverflow) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(mostOf(kMost, 1e300, kMost), kMost);
  EXPECT_EQ(mostOf(5, std::numeric_limits<double>::quiet_NaN(), 0), 5U);
}

}  // namespace
}  // namespace heaptap::analysis
