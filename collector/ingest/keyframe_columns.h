// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/model/live_block.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// The columns of parts of keyframes, decoded. The room is reused.
/// Trust: none; whether the blocks are those that are live is not known here.
class KeyframeColumns {
 public:
  /// How far a sound part may go.
  struct Bounds {
    std::uint32_t blocks = 0;       ///< So many it must have.
    std::uint64_t firstNumber = 0;  ///< No block has a smaller number, …
    std::uint64_t numbered = 0;     ///< … and none this or a larger one.
    std::size_t pairs = 0;          ///< That are defined.
    std::uint64_t fromNs = 0;       ///< Nor are times out of these.
    std::uint64_t untilNs = 0;
    std::uint32_t timeUnitNs = 1;
  };

  /// Decodes the columns of a part: KeyframeColumns in a zstd frame.
  /// Errors: Corrupt, also when it says that it is larger than so many blocks can be.
  Result<void> read(std::string_view columns, const Bounds& bounds);

  [[nodiscard]] const std::vector<model::LiveBlock>& blocks() const { return m_blocks; }

 private:
  Result<void> readNumbers(const Bounds& bounds);
  Result<void> readTimes(const Bounds& bounds);

  BlobDecoder m_decoder;
  v1::KeyframeColumns m_message;
  std::vector<model::LiveBlock> m_blocks;
};

}  // namespace heaptap::ingest
