// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/thread_matrix.h"
#include "collector/replay/batch_chain.h"

namespace heaptap::replay {

/// Who has freed what whom has allocated, from the stored events.
/// Cost:   one pass over the events of the interval, some 30 ns each.
/// Memory: of the blocks that are live at once, see AllocatingThreads: at most half a gigabyte, and
/// kMostCells. Errors: Usage: the interval ends before it begins, a pair is not defined or in two groups, too
/// many
///         groups, or more blocks or threads than there is memory for; NotFound: none of the interval's
///         events is stored; Corrupt; Unavailable: withdrawn.
Result<model::ThreadMatrix> threadMatrixOf(StoredEvents& events, const model::ThreadMatrixQuery& query,
                                           std::uint64_t endNs, const OnProgress& onProgress = {});

}  // namespace heaptap::replay
