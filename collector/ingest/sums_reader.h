// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/error.h"
#include "collector/model/session_model.h"
#include "counting/batch_sums.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Takes the sums of a batch out of its message. What it returns is sound in itself: arrays fit together, ids
/// are defined and ascend, times lie within the batch, nothing counts more than there were events. Whether
/// the sums agree with what was counted before is for checkSums().
/// Memory:  bounded by the message, and 160 KiB.
/// Errors:  Corrupt.
Result<counting::BatchSums> readSums(const v1::CountedBatch& batch, std::size_t stacks,
                                     const model::SessionModel& model);

}  // namespace heaptap::ingest
