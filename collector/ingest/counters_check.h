// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/definitions.h"
#include "collector/model/session_counters.h"

namespace heaptap::ingest {

/// Checks counters that come from a file against what is defined and against one another, so that a model may
/// go on from them, and fills in the estimates of their totals, which follow from the pairs. Errors: Corrupt.
Result<void> checkCounters(model::SessionCounters& counters, const model::DefinitionsView& definitions);

}  // namespace heaptap::ingest
