// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/top/top_layout.h"

namespace heaptap::cli {

/// The lines above the call sites: what is watched, its numbers, and what they lack. At most `most` lines,
/// of which the first say most.
[[nodiscard]] std::vector<TopLine> headOf(const TopControls& controls, const TopNews& news, std::size_t most,
                                          std::size_t columns);

}  // namespace heaptap::cli
