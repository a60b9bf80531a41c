// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "collector/ingest/limits.h"

namespace heaptap::replay {

/// An interval that is asked for in steps, within what there can be.
/// Units: ns since the session's start.
struct StepInterval {
  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;  ///< Not included.
  std::uint32_t steps = 0;

  /// `endNs`: nothing is known of later times.
  /// Errors: Usage: it ends before it begins.
  template <class Query>
  static Result<StepInterval> of(const Query& query, std::uint64_t endNs) {
    StepInterval interval{.fromNs = std::min(query.fromNs, ingest::kMaxTimeNs),
                          .toNs = query.toNs == 0 ? endNs + 1 : std::min(query.toNs, ingest::kMaxTimeNs + 1),
                          .steps = std::clamp<std::uint32_t>(query.steps, 1, Query::kMost)};
    if (query.toNs == 0 && interval.fromNs >= interval.toNs) interval.toNs = interval.fromNs + 1;
    if (interval.fromNs >= interval.toNs)
      return failure(Code::Usage, "interval", "it ends before it begins", "give a later end");
    return interval;
  }

  /// Nothing finer than a nanosecond.
  [[nodiscard]] std::uint64_t stepNs() const {
    return std::max<std::uint64_t>((toNs - fromNs + steps - 1) / steps, 1);
  }
  /// So many steps of that width cover it.
  [[nodiscard]] std::uint64_t stepCount() const { return (toNs - fromNs + stepNs() - 1) / stepNs(); }
};

}  // namespace heaptap::replay
