// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/block_query.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// The live blocks at a place that a query asks for. Memory: of the page, and of what it skips.
/// Errors: Usage: the page lies too far behind; those of forEachLiveBlock().
Result<model::BlockPage> blocksAt(StoredEvents& events, const Place& place, const model::BlockQuery& query);

/// What lay between two addresses, the second not included, over time; of its blocks the first `limit`.
/// Cost:   one pass over all stored events.
/// Errors: Corrupt; Unavailable: withdrawn.
Result<model::AddressHistory> livesAt(StoredEvents& events, std::uint64_t fromAddress,
                                      std::uint64_t toAddress, std::uint64_t limit);

}  // namespace heaptap::replay
