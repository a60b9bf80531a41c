// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "counting/batch_sums.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Writes the sums of a batch into its message. `firstAllocation`: of the batch.
void writeSums(const counting::BatchSums& sums, std::uint64_t firstAllocation, v1::BatchSums& message);

}  // namespace heaptap::relay
