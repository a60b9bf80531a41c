// SPDX-License-Identifier: Apache-2.0
#include "cli/run/status_text.h"

#include <gtest/gtest.h>

namespace heaptap::cli {
namespace {

using std::chrono::steady_clock;

v1::Status statusWith(std::uint64_t allocations) {
  v1::Status status;
  status.set_live_bytes(12'902'400);
  status.set_live_blocks(4'321);
  status.set_peak_bytes(15'728'640);
  status.set_allocations(allocations);
  return status;
}

TEST(StatusText, TellsLiveHeapAndRate) {
  AllocationRate rate;
  const steady_clock::time_point start{};
  EXPECT_EQ(rate.update(statusWith(1'000), start), std::nullopt);
  const auto perSecond = rate.update(statusWith(3'000), start + std::chrono::milliseconds(500));
  EXPECT_EQ(perSecond, 4'000);
  EXPECT_EQ(statusText(statusWith(3'000), perSecond),
            "heaptap: 12.3 MiB live in 4,321 blocks, peak 15.0 MiB, 4,000 allocations/s");
}

TEST(StatusText, DroppedEventsShowOnlyWhenThereAreSome) {
  v1::Status status = statusWith(0);
  status.set_dropped_events(7);
  EXPECT_EQ(statusText(status, {}),
            "heaptap: 12.3 MiB live in 4,321 blocks, peak 15.0 MiB, 7 events DROPPED");
}

TEST(StatusText, APauseIsSaid) {
  v1::Status status = statusWith(0);
  status.set_paused_since_ns(5);
  EXPECT_EQ(statusText(status, {}),
            "heaptap: 12.3 MiB live in 4,321 blocks, peak 15.0 MiB, recording PAUSED");
}

}  // namespace
}  // namespace heaptap::cli
