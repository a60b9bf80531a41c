// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// A piece of a target's address space, of whole pages.
struct PageRange {
  std::uint64_t start = 0;  ///< Address.
  std::uint64_t pages = 0;
};

/// Where heaptap's own memory lies in the targets that share `memory`: the parts of it that may have been
/// used, and the private memory that the agent has announced. Empty: the target has not mapped it yet.
/// What the target says is not believed beyond a bound: 1 GiB for each private piece.
/// Threads: any.
std::vector<PageRange> ownPages(const SharedMemory& memory);

}  // namespace heaptap::relay
