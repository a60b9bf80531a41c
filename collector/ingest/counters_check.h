// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/model/definitions.h"
#include "collector/model/session_counters.h"

namespace heaptap::ingest {

/// Checks counters that come from a file against what is defined and against one another, all but their
/// timeline, so that a model may go on from them, and fills in the estimates of their totals, which follow
/// from the pairs. Errors: Corrupt.
Result<void> checkCounters(model::SessionCounters& counters, const model::DefinitionsView& definitions);

/// Checks the timeline of a session whose last event was then. Errors: Corrupt.
Result<void> checkTimeline(const counting::Timeline& timeline, std::uint64_t lastEventNs);

}  // namespace heaptap::ingest
