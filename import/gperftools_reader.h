// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "import/profile_builder.h"

namespace heaptap::importing {

/// Reads the text format of heap profiles of gperftools (tcmalloc), with symbols inside (`google-pprof
/// --raw`) or without. What was sampled is estimated from its samples. Errors: Corrupt, with the line;
/// NotASession: a profile of something else than the heap.
[[nodiscard]] Result<void> readGperftools(const std::string& where, std::string_view text,
                                          ProfileBuilder& profile);

}  // namespace heaptap::importing
