// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "collector/model/ids.h"

namespace heaptap::model {

/// A block that is live at some moment: an allocation of the session that was not freed by then.
struct LiveBlock {
  std::uint64_t number = 0;  ///< Of the allocation.
  std::uint64_t address = 0;
  std::uint64_t atNs = 0;  ///< When it was allocated, as its event has it.
  PairId pair{};

  friend bool operator==(const LiveBlock&, const LiveBlock&) = default;
};

}  // namespace heaptap::model
