// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/span_starts.h"

#include <gtest/gtest.h>

namespace heaptap::relay {
namespace {

TEST(SpanStarts, KnowTheLastOnes) {
  SpanStarts starts;
  for (std::uint32_t span = 1; span <= SpanStarts::kMost + 1; ++span) starts.begin(span, span * 10ULL);
  EXPECT_EQ(starts.startOf(1), std::nullopt);
  EXPECT_EQ(starts.startOf(2), 20U);
  EXPECT_EQ(starts.startOf(SpanStarts::kMost + 1), (SpanStarts::kMost + 1) * 10);
  EXPECT_EQ(starts.startOf(SpanStarts::kMost + 2), std::nullopt);
  EXPECT_EQ(starts.startOf(0), std::nullopt);
}

}  // namespace
}  // namespace heaptap::relay
