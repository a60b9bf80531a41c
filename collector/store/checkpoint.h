// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/model/session_counters.h"

namespace heaptap::store {

/// All that was counted up to and with one message, ready to be stored.
struct Checkpoint {
  std::uint64_t sequence = 0;
  model::Totals totals;
  std::uint64_t events = 0;    ///< Of all heaps; likewise the next.
  std::uint64_t numbered = 0;  ///< Allocations.
  std::string data;            ///< The compressed counters.
  /// Compressed, too: what is needed to go on counting from here. Of a moment that is only looked at: empty.
  std::string timeline;

  static Result<Checkpoint> of(std::uint64_t sequence, const model::SessionCounters& counters,
                               BlobEncoder& encoder);
  /// Without the timeline.
  static Result<Checkpoint> ofInstant(std::uint64_t sequence, const model::SessionCounters& counters,
                                      BlobEncoder& encoder);
};

}  // namespace heaptap::store
