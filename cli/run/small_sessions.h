// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "cli/run/recording.h"

namespace heaptap::cli {

/// Removes the file of each session that has ended with fewer than `least` allocations, of all its heaps
/// together. Kept are the file `keep` (empty: none), and what shows a wrong use of the heap or a loss.
/// Returns: how many.
std::size_t removeSmallSessions(Recording& recording, std::uint64_t least, const std::filesystem::path& keep);

}  // namespace heaptap::cli
