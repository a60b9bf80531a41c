// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/obstacle.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Asks the relay behind the socket `path` for shared memory and maps it. Keeps no descriptor.
/// Units:  `deadlineNs` on CLOCK_MONOTONIC: nothing is waited for beyond it.
/// Errors: null, and why.
/// `collector`: where the relay shall send to; null leaves that to the relay.
wire::Header* requestMemory(const char* path, const char* collector, std::uint64_t deadlineNs, Obstacle& why);

}  // namespace heaptap::capture
