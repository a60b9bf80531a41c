// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "collector/model/live_block.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// Finds the blocks that are live at a place among the events, going back from there to a keyframe, or to the
/// beginning: a free comes later than its allocation, so an allocation that no free has named by then is
/// live.
///
///     keyframe ◄── batches ──────────────────────── place     frees set the bit of their allocation's
///     number; a1 a2 a3   │ a4 f3 a5 │ a6 f4 a7 f6 │ a8 f5 …  ▲         an allocation whose bit is not set is
///     a live block
///
/// A keyframe does not tell which thread has allocated a block: see addThreads().
/// Cost:    one pass over the events since the keyframe, or since number `first`; a bit for each allocation.
///          Nothing is kept of a block.
/// Errors:  NotFound: the events are not stored as far back; Corrupt; Unavailable: withdrawn; those of
/// `visit`. Returns: after `visit` was called with each live block whose allocation is number `first` or
/// later, in no order.
enum class UseOfKeyframes { Yes, No };
Result<void> forEachLiveBlock(StoredEvents& events, const Place& place, std::uint64_t first,
                              const std::function<Result<void>(const model::LiveBlock&)>& visit,
                              UseOfKeyframes use = UseOfKeyframes::Yes);

/// Looks up the threads that are unknown. Those whose allocations are not stored any more stay so.
/// Cost: decodes each batch that one of the blocks is from. Errors: Corrupt; Unavailable.
Result<void> addThreads(StoredEvents& events, std::vector<model::LiveBlock>& blocks);

}  // namespace heaptap::replay
