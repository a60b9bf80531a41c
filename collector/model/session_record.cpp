// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_record.h"

#include <algorithm>
#include <cmath>

namespace heaptap::model {

std::uint64_t estimatedLiveBlocks(const Identity& identity, const Totals& totals) {
  if (identity.sampleInterval == 0) return totals.liveBlocks();
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, totals.estimate.liveBlocks)));
}

std::uint64_t estimatedAllocations(const Identity& identity, const Totals& totals) {
  if (identity.sampleInterval == 0) return totals.allocations;
  return static_cast<std::uint64_t>(std::llround(totals.estimate.allocations));
}

}  // namespace heaptap::model
