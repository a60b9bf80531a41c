// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/session_model.h"

namespace heaptap::ingest {

/// Checks counters that come from a file against the pairs and threads that `model` has, against how many
/// stacks there are, and against one
/// another, so that the model may go on from them. Errors: Corrupt.
Result<void> checkCounters(const model::SessionCounters& counters, std::size_t stacks,
                           const model::SessionModel& model);

}  // namespace heaptap::ingest
