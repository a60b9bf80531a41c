// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/relay/memory/address_range.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// Which blocks of a process's heap something points to, as a word of it says: a variable, a stack, or a
/// block that something points to. Any word with an address inside of a block counts as a pointer to it, so
/// that a block which nothing points to is surely lost, and one that is lost may seem not to be.
struct ReachQuery {
  std::span<const AddressRange> blocks;  ///< All live ones, ascending, each at least a byte long.
  std::uint64_t stack = 0;               ///< Of the stack that this lies in, what is below is not in use.
  /// There are no other blocks in the C library's heap: what else is there was freed.
  bool isComplete = false;
  std::vector<AddressRange> leftOut = {};  ///< Where words are no pointers of the program's.
};

/// Returns one flag for each block; none: the process's memory may not be looked at.
/// Takes a second for some gigabytes. The process's other threads go on meanwhile. Threads: any.
[[nodiscard]] std::optional<std::vector<bool>> reachedBlocks(const TargetProcess& process,
                                                             const ReachQuery& query);

}  // namespace heaptap::relay
