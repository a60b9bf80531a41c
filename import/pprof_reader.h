// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "import/profile_builder.h"

namespace heaptap::importing {

/// Reads a heap profile of pprof (profile.proto, decompressed): numbers and sums of live and allocated blocks
/// for each stack. The sizes of single blocks are not in it, so those of a stack are as equal as can be; nor
/// is the peak, for which what is live is taken. Errors: Corrupt; NotASession: a profile of something else
/// than a heap.
[[nodiscard]] Result<void> readPprof(const std::string& where, std::string_view bytes,
                                     ProfileBuilder& profile);

}  // namespace heaptap::importing
