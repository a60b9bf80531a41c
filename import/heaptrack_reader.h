// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "import/profile_builder.h"

namespace heaptap::importing {

/// Reads a data file of heaptrack (versions 1 to 3, interpreted), with its order of events: peak, temporaries
/// and the heap over time are its own. Errors: Corrupt, with `where` and the line.
[[nodiscard]] Result<void> readHeaptrack(const std::string& where, std::string_view text,
                                         ProfileBuilder& profile);

}  // namespace heaptap::importing
