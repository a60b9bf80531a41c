// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/attach/obstacle.h"
#include "agent/capture/attach/wishes.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Asks the relay behind the socket `path` for shared memory and maps it. Keeps no descriptor.
/// Units:  `deadlineNs` on CLOCK_MONOTONIC: nothing is waited for beyond it.
/// Errors: null, and why.
wire::Header* requestMemory(const char* path, const Wishes& wishes, std::uint64_t deadlineNs, Obstacle& why);

/// Tells that relay why this process is not recorded, if it can be reached: it may be able to tell the user.
/// Waits until it has noted that, as it looks at this process meanwhile, but not beyond `deadlineNs`.
void tellRelay(const char* path, Obstacle why, std::uint64_t deadlineNs);

}  // namespace heaptap::capture
