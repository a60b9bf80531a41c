// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// Which blocks are counted, by what only events tell. All that is said must hold.
struct BlockChoice {
  std::vector<ThreadIndex> threads = {};  ///< That have allocated them. Empty: any.
  /// How long they lived, in ns, both included: until they were freed, or, live, until the instant that is
  /// asked for.
  std::uint64_t minLifetimeNs = 0;
  std::uint64_t maxLifetimeNs = std::numeric_limits<std::uint64_t>::max();

  [[nodiscard]] bool isAll() const {
    return threads.empty() && minLifetimeNs == 0 &&
           maxLifetimeNs == std::numeric_limits<std::uint64_t>::max();
  }
  bool operator==(const BlockChoice&) const = default;
};

}  // namespace heaptap::model
