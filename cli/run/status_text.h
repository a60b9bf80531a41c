// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// Allocations per second between two states of a session.
class AllocationRate {
 public:
  /// Units: allocations per second; nothing at the first state.
  std::optional<double> update(const v1::Status& status,
                               std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

 private:
  bool m_any = false;
  std::uint64_t m_allocations = 0;
  std::chrono::steady_clock::time_point m_at;
};

/// `heaptap: 12.3 MiB live in 4,321 blocks, peak 15.0 MiB, 1,234,567 allocations/s`, and what was dropped.
[[nodiscard]] std::string statusText(const v1::Status& status, std::optional<double> allocationsPerSecond);

}  // namespace heaptap::cli
