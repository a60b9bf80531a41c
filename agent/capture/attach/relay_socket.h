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

}  // namespace heaptap::capture
