// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/attach/obstacle.h"
#include "agent/capture/attach/wishes.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Asks this user's relay for shared memory: the one at $XDG_RUNTIME_DIR/heaptap/relay.sock, or at
/// /tmp/heaptap-UID/relay.sock where XDG_RUNTIME_DIR is not set. The folder must be ours alone.
/// Where no relay listens and a collector is wished for, starts the relay and waits for it.
/// Errors: null, and why. Never later than `deadlineNs` (CLOCK_MONOTONIC), but for the kernel's own delays.
wire::Header* requestMemoryOfUserRelay(const Wishes& wishes, std::uint64_t deadlineNs, Obstacle& why);

}  // namespace heaptap::capture
