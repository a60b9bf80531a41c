// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "import/profile_builder.h"

namespace heaptap::importing {

/// Reads a file of valgrind's massif: the call sites at its peak, and those at its last snapshot. How many
/// blocks they are is not in it: each is one. Errors: Corrupt, with `where` and the line.
[[nodiscard]] Result<void> readMassif(const std::string& where, std::string_view text,
                                      ProfileBuilder& profile);

}  // namespace heaptap::importing
