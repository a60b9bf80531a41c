// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Maps a shared memory that lies at `offset` of a file, and checks that it is one and fits its own size.
/// Null otherwise.
wire::Header* mapMemory(int descriptor, std::uint64_t offset, std::uint64_t totalBytes);

}  // namespace heaptap::capture
