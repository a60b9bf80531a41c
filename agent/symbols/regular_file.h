// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/unique_fd.h"

namespace heaptap::symbols {

/// Opens a regular file to read it. Never waits, as for the other end of a FIFO: paths in debug information
/// are as hostile as the rest of it. Returns: no descriptor and errno.
[[nodiscard]] UniqueFd openRegular(const std::string& path);

/// Its length in bytes; 0 when it is none.
[[nodiscard]] std::uint64_t sizeOf(const UniqueFd& file);

/// Reads so many bytes at an offset. Returns false when the file has fewer.
[[nodiscard]] bool readAt(const UniqueFd& file, std::uint64_t offset, void* bytes, std::size_t size);

/// A file in memory, without a name. Returns: no descriptor and errno.
[[nodiscard]] UniqueFd fileInMemory();

/// Returns false when there is no memory for it.
[[nodiscard]] bool writeAt(const UniqueFd& file, std::uint64_t offset, const void* bytes, std::size_t size);

}  // namespace heaptap::symbols
