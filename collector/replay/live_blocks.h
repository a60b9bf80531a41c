// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "collector/model/live_block.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// Finds the blocks that are live at a place among the events, going back from there: a free comes later than
/// its allocation, so an allocation that no free has named by then is live.
///
///     ◄── batches ──────────────────────── place        frees set the bit of their allocation's number;
///     a3 a4 f3 a5 │ a6 f4 a7 f6 │ a8 f5 …  ▲            an allocation whose bit is not set is a live block
///
/// Cost:    one pass over the events behind `first`; a bit for each allocation. Nothing is kept of a block.
/// Errors:  NotFound: the events are not stored as far back as `first`; Corrupt; Unavailable: withdrawn;
/// those of
///          `visit`.
/// Returns: after `visit` was called with each live block whose allocation is number `first` or later:
/// batches from
///          the last to the first, blocks of a batch in their order.
Result<void> forEachLiveBlock(StoredEvents& events, const Place& place, std::uint64_t first,
                              const std::function<Result<void>(const model::LiveBlock&)>& visit);

}  // namespace heaptap::replay
