// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "agent/relay/base/live_blocks.h"
#include "agent/relay/pack/row_order.h"
#include "blob/blob_codec.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Makes the messages of keyframes: the blocks by number, in parts, their columns compressed.
/// Cost:    some 60 ns a block, and 16 bytes beside the blocks, which stay for the next one, up to kKeptRows.
/// Threads: one at a time.
class KeyframeWriter {
 public:
  /// Beyond, the room of a keyframe is not kept for the next: memory is dear, and they are rare.
  static constexpr std::size_t kKeptRows = std::size_t{1} << 20;

  /// Returns: whether all was sent. False: there was no memory to compress it; what was sent is no whole
  ///          keyframe, which readers pass over.
  bool write(const LiveBlocks& live, std::size_t blocksInPart, BlobEncoder& blobs,
             const std::function<void(v1::RecordRequest&)>& send);

 private:
  RowOrder m_order;
};

}  // namespace heaptap::relay
