// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <cstdint>

#include "agent/capture/record/session.h"
#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {

/// Time for an event: ticks since the session's clock base, in the unit that the relay chose.
/// Both kinds of event use the same ordered read: with a plain rdtsc, which may execute before the load that
/// obtained the pointer, a free could be stamped earlier than its allocation by another thread.
inline std::uint64_t ticksNow(const Session& session) {
  if (session.clockMode == wire::ClockMode::Tsc) return arch::timeStamp() - session.clockBase;
  timespec now{};
  if (session.readClock == nullptr || session.readClock(CLOCK_MONOTONIC, &now) != 0)
    return kernel::monotonicNs() - session.clockBase;
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec) -
         session.clockBase;
}

}  // namespace heaptap::capture
