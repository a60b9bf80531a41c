// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "collector/model/block_choice.h"
#include "collector/model/history.h"
#include "collector/replay/counts_replay.h"
#include "collector/replay/stretch.h"

namespace heaptap::replay {

/// What of a session is counted.
struct ChosenBlocks {
  std::optional<Place> from = std::nullopt;  ///< Where a stretch begins. None: at the session's beginning.
  Place to = {};
  std::uint64_t toNs = 0;  ///< When that is: what is live is as old as it is then.
  OfStretch which = OfStretch::Grown;
  model::BlockChoice choice = {};
};

/// What was counted, and how long those lived that were freed.
struct ChosenCounts {
  model::Counts counts;
  model::LifetimeHistogram lifetimes{};
};

/// Counts the blocks that are chosen, one by one; there is no peak. Of heaps, each for itself.
/// Cost:   one pass over the events of the stretch, or, of what is gone in it, over all up to its end.
/// Memory: 24 bytes for each chosen block that is live at once, at most half a gigabyte.
/// Errors: Usage: it ends before it begins, or more blocks than there is memory for; NotFound: some of the
///         events are not stored; Corrupt; Unavailable: withdrawn.
Result<ChosenCounts> countsOfChosen(StoredEvents& events, const ChosenBlocks& chosen);

}  // namespace heaptap::replay
