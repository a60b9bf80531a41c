// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/replay/counts_replay.h"

namespace heaptap::replay {

/// Which blocks of a stretch of time are counted as live.
enum class OfStretch {
  Grown,  ///< Allocated in it, and still there at its end. Allocations are those of the stretch.
  Gone,   ///< Allocated before it, and freed in it. Allocations are these blocks.
};

/// What was counted in the stretch between two instants; there is no peak. Of heaps, each for itself.
/// Cost:   one pass over the events of the stretch.
/// Errors: Usage: it ends before it begins; those of forEachLiveBlock().
Result<model::Counts> countsOfStretch(StoredEvents& events, const Instant& from, const Instant& to,
                                      OfStretch which);

/// Adds up what the pairs of counts say, by heap. Precondition: they are defined.
void addUp(model::Counts& counts, const model::DefinitionsView& definitions);

}  // namespace heaptap::replay
