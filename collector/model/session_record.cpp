// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_record.h"

#include <cmath>

namespace heaptap::model {

std::string SessionRecord::heapName(HeapId heap) const {
  if (heap == kMallocHeap) return {};
  return heap == kMappingsHeap ? "mappings" : heapNames[index(heap) - kFirstNamedHeap];
}

std::uint64_t SessionRecord::estimatedLiveBlocks() const {
  if (identity.sampleInterval == 0) return model.totals().liveBlocks();
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, model.totals().estimate.liveBlocks)));
}

std::uint64_t SessionRecord::estimatedAllocations() const {
  if (identity.sampleInterval == 0) return model.totals().allocations;
  return static_cast<std::uint64_t>(std::llround(model.totals().estimate.allocations));
}

}  // namespace heaptap::model
