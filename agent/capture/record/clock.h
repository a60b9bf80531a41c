// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <cstdint>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/kernel.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// The clock of events, as the relay has chosen it. Threads: written before the gate opens; read only
/// afterwards.
struct Clock {
  wire::ClockMode mode{};  ///< Zero until attached, so that all of this lies in .bss.
  std::uint64_t base = 0;
  int (*read)(clockid_t, timespec*) = nullptr;  ///< The vDSO's (c_library.h). Null: by a system call.
};

extern constinit Clock g_clock;

/// Time for an event: ticks since the clock's base, in the unit that the relay chose.
/// Both kinds of event use the same ordered read: with a plain rdtsc, which may execute before the load that
/// obtained the pointer, a free could be stamped earlier than its allocation by another thread.
inline std::uint64_t ticksNow(const Clock& clock) {
  if (clock.mode == wire::ClockMode::Tsc) return arch::timeStamp() - clock.base;
  if (clock.mode == wire::ClockMode::FencedTsc) return arch::fencedTimeStamp() - clock.base;
  timespec now{};
  if (clock.read == nullptr || clock.read(CLOCK_MONOTONIC, &now) != 0)
    return kernel::monotonicNs() - clock.base;
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec) -
         clock.base;
}

}  // namespace heaptap::capture
