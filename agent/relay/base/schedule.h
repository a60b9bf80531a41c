// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

namespace heaptap::relay {

/// From when to when programs are recorded.
struct Schedule {
  using Clock = std::chrono::steady_clock;

  std::optional<Clock::time_point> resumeAt = std::nullopt;  ///< None: recorded from their start.
  std::optional<Clock::time_point> stopAt = std::nullopt;    ///< None: to their end.

  [[nodiscard]] bool hasEnded(Clock::time_point now) const { return stopAt && now >= *stopAt; }
};

}  // namespace heaptap::relay
