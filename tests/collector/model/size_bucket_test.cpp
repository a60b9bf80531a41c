// SPDX-License-Identifier: Apache-2.0
#include "collector/model/size_bucket.h"

#include <gtest/gtest.h>

namespace heaptap::model {
namespace {

TEST(SizeBucket, everyBucketStartsWhereTheOneBeforeEnds) {
  for (std::size_t bucket = 0; bucket < kSizeBuckets; ++bucket) {
    EXPECT_EQ(sizeBucket(smallestOf(bucket)), bucket);
    EXPECT_EQ(sizeBucket(largestOf(bucket)), bucket);
    if (bucket > 0) {
      EXPECT_EQ(smallestOf(bucket), largestOf(bucket - 1) + 1);
    }
  }
}

TEST(SizeBucket, sizeZeroHasItsOwn) {
  EXPECT_EQ(largestOf(sizeBucket(0)), 0U);
  EXPECT_NE(sizeBucket(0), sizeBucket(1));
}

}  // namespace
}  // namespace heaptap::model
