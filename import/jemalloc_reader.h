// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "import/profile_builder.h"

namespace heaptap::importing {

/// Reads a heap profile of jemalloc (`heap_v2/…`): samples, from which all numbers are estimated as jeprof
/// does. Errors: Corrupt, with the line.
[[nodiscard]] Result<void> readJemalloc(const std::string& where, std::string_view text,
                                        ProfileBuilder& profile);

}  // namespace heaptap::importing
