// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace heaptap::importing {

/// What a compressed file may grow to, against one that is made to fill the memory.
inline constexpr std::uint64_t kMostBytes = 8ULL << 30;

/// So much of a text, or all where it is shorter, tells what it is.
inline constexpr std::size_t kBeginBytes = 1 << 17;

/// The content of a file or a pipe, decompressed where it is gzip's or zstd's.
/// `isKnown`: says of the begin of the text whether the rest is to be read; a pipe may have no end.
/// Errors: NotFound, NotPermitted, NotASession (a folder, a device, and what `isKnown` refuses), Corrupt
/// (also:
///         larger than `most`).
[[nodiscard]] Result<std::string> fileText(const std::filesystem::path& file,
                                           const std::function<bool(std::string_view begin)>& isKnown,
                                           std::uint64_t most = kMostBytes);

}  // namespace heaptap::importing
