// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "collector/model/ids.h"

namespace heaptap::model {

/// A block that is live at some moment: an allocation of the session that was not freed by then.
struct LiveBlock {
  std::uint64_t number = 0;  ///< Of the allocation, counted over the session.
  std::uint64_t address = 0;
  std::uint64_t atNs = 0;  ///< When it was allocated, as its event has it: since the session's start.
  PairId pair{};
  std::optional<ThreadIndex> thread = std::nullopt;  ///< That allocated it. None: unknown.

  bool operator==(const LiveBlock&) const = default;
};

}  // namespace heaptap::model
