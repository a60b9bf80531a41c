// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/session_model.h"
#include "counting/batch_sums.h"

namespace heaptap::ingest {

/// Checks the sums of a batch against each other, and against what was counted before: no live count below
/// zero, sums within 64 bits, a peak only where there is one, a timeline and lifetimes that add up to the
/// events.
/// Precondition: `sums` are what readSums() has returned for this model.
/// Errors: Corrupt.
Result<void> checkSums(const counting::BatchSums& sums, const model::SessionModel& model);

}  // namespace heaptap::ingest
