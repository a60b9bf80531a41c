// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/error.h"

namespace heaptap::importing {

/// What a compressed file may grow to, against one that is made to fill the memory.
inline constexpr std::uint64_t kMostBytes = 8ULL << 30;

/// The content of a file, decompressed where it is gzip's or zstd's.
/// Errors: NotFound, NotPermitted, Corrupt (also: larger than `most`).
[[nodiscard]] Result<std::string> fileText(const std::filesystem::path& file,
                                           std::uint64_t most = kMostBytes);

}  // namespace heaptap::importing
