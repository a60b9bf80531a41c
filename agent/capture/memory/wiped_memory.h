// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/include/heaptap/abi.h"

namespace heaptap::capture {

/// More threads than that are not recorded at once.
inline constexpr std::uint32_t kMaxSlots = 1U << 15;

/// In a line of its own, as its thread writes there at each allocation.
struct alignas(64) CountingThread : heaptap_thread {};

/// What a forked child finds zeroed (madvise(2), MADV_WIPEONFORK), one that was made by a raw clone included:
/// it must neither write into its parent's streams nor count for its parent's threads.
struct WipedMemory {
  std::uint32_t gate;                 ///< What heaptap_gate points at while this process is recorded.
  std::atomic<std::uint64_t> joiner;  ///< Which thread of a forked child joins for it: a thread pointer.
  CountingThread threads[kMaxSlots];  ///< By slot. There only where allocations are sampled.
};

/// Maps it. Null: there is no memory, or the kernel cannot wipe (it is older than 4.14).
WipedMemory* makeWipedMemory(bool sampled);

}  // namespace heaptap::capture
