// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/model/live_block.h"
#include "collector/store/database.h"

namespace heaptap::store {

/// A keyframe of which all parts are in the file. One without a sequence is the session's beginning, when
/// nothing was live.
struct KeyframePlace {
  std::uint64_t firstSequence = 0;  ///< Of the message of its first part, …
  std::uint64_t lastSequence = 0;   ///< … and of its last: the events of later messages come after it.
  std::uint64_t atNs = 0;           ///< Of the last event before it.
  std::uint64_t firstEvent = 0;     ///< Events before it, of all heaps; likewise the next.
  std::uint64_t firstAllocation = 0;
  std::uint64_t blocks = 0;
};

/// What is to be said of an instant: what had been counted by then, or also which blocks were live.
enum class Asked { Counts, Blocks };

/// Instants of which that can be said: a checkpoint, for blocks a keyframe, too, or the session's beginning,
/// come before them, and all events since are stored.
struct AskableInstants {
  std::uint64_t fromNs = 0;
  std::optional<std::uint64_t> untilNs;  ///< None: up to the end.
};

/// All whole keyframes, in their order. Cost: a row each, not their blocks. Errors: Corrupt.
Result<std::vector<KeyframePlace>> findKeyframes(Database& database);

/// None: there is no such instant. Of a session with events. Cost: a row for each batch. Errors: Corrupt.
Result<std::optional<AskableInstants>> findAskableInstants(Database& database, Asked asked);

/// Passes the blocks of a keyframe to `take`, a part at a time, by rising numbers. `pairs`: those that are
/// defined. Errors: Corrupt; what `take` returns.
Result<void> readKeyframe(Database& database, const KeyframePlace& place, std::size_t pairs,
                          std::uint32_t timeUnitNs,
                          const std::function<Result<void>(std::span<const model::LiveBlock>)>& take);

}  // namespace heaptap::store
