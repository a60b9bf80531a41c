// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sql/range.h"

namespace heaptap::sql {

/// Which events a statement wants. All that is said must hold.
struct EventFilter {
  Range atNs;
  Range number;
  Range address;
  Range thread;
  std::optional<std::set<std::int64_t>> threads = std::nullopt;  ///< thread IN (…)
  bool allocations = true;
  bool frees = true;
  /// By pair: 1: wanted. None: all are.
  std::shared_ptr<const std::vector<std::uint8_t>> pairs = nullptr;

  [[nodiscard]] bool wantsNothing() const {
    return atNs.isEmpty() || number.isEmpty() || address.isEmpty() || thread.isEmpty() ||
           (!allocations && !frees);
  }
  [[nodiscard]] bool wantsThread(std::int64_t id) const {
    return thread.has(id) && (!threads || threads->contains(id));
  }
  [[nodiscard]] bool looksAtThreads() const { return !thread.isAll() || threads.has_value(); }
};

}  // namespace heaptap::sql
