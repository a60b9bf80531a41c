// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/unique_fd.h"

namespace heaptap::relay {

/// Where a binary lies in a process.
struct LoadedRange {
  std::uint64_t start = 0, end = 0;
  std::uint64_t bias = 0;  ///< Load address minus address in the file.
};

/// What is left of a binary whose file is gone: an ELF file of the names that it exports (.dynsym) and the
/// bounds of its functions (.eh_frame), put together from the memory of the process that has it loaded.
/// `memory` is that process's /proc/PID/mem. Nothing in there is trusted.
/// Returns: none when it is no such binary, cannot be read, or would be larger than `room`.
std::optional<std::string> imageInMemory(const UniqueFd& memory, const LoadedRange& range, std::size_t room);

}  // namespace heaptap::relay
