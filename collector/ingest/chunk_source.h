// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"

namespace heaptap::ingest {

/// Knows columns::chunkBytes() of each pair of a session, which the addresses of batches are told by.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  /// Of all pairs that there are by now; valid until the next call. Errors: Corrupt.
  virtual Result<std::span<const std::uint32_t>> chunks() = 0;
};

}  // namespace heaptap::ingest
