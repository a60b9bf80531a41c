// SPDX-License-Identifier: Apache-2.0
#include "sql/events/batch_events.h"

#include <gtest/gtest.h>

#include "tests/support/whole_batch.h"

namespace heaptap::sql {
namespace {

/// An allocation, in split columns, and a bit for a free where there is no event any more.
TEST(BatchEventsDecoder, LooksForNoFreesBehindTheLastEvent) {
  v1::EventBatch batch;
  batch.set_events(1);
  batch.set_form(1);
  batch.set_kinds(std::string(1, '\0'));
  batch.set_pair_low(std::string(1, '\0'));
  batch.set_pair_high(std::string(1, '\0'));
  EventColumns pairs;
  pairs.add(EventColumn::Pair);
  BatchEventsDecoder decoder({.threads = 1, .pairs = 1, .stacks = 1}, pairs);
  BatchEvents events;
  test::KnownChunks chunks({});
  ASSERT_TRUE(decoder.decode(batch, events, chunks));
  batch.set_kinds("\x40");
  batch.set_lag_low(std::string(1, '\0'));
  batch.set_lag_high(std::string(1, '\0'));
  const auto decoded = decoder.decode(batch, events, chunks);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heaptap::sql
