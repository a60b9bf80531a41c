// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::analysis {

/// How a group came to be, from the events that are stored. Times are ns since the session's start.
struct LeakHistory {
  /// Live bytes at instants that divide the run evenly; the last is the end. Instants before `knownFromNs`
  /// are 0.
  std::vector<std::uint64_t> liveBytes;
  std::uint64_t knownFromNs = 0;  ///< Earlier events are no longer stored. 0: all are.
  std::uint64_t endNs = 0;        ///< The last instant.
  std::optional<std::uint64_t> firstAllocationNs = std::nullopt;
  std::optional<std::uint64_t> lastAllocationNs = std::nullopt;
  std::uint64_t frees = 0;  ///< Of blocks of the group, as recorded.
  /// How long freed blocks lived, to the power of two; none: none was freed.
  std::optional<std::uint64_t> medianLifetimeNs = std::nullopt;
  std::optional<std::uint64_t> p95LifetimeNs = std::nullopt;
  /// How old what is left was at the end; none: not known.
  std::optional<std::uint64_t> oldestAgeNs = std::nullopt;
  std::optional<std::uint64_t> medianAgeNs = std::nullopt;
  std::vector<model::ThreadIndex> threads;  ///< That allocated, ascending: the first 16.
  std::uint64_t threadCount = 0;
  std::vector<std::uint64_t> addresses;  ///< Of some blocks that are left, the oldest first.
};

/// How sure it is that a group is a leak rather than something that would have been freed later.
struct Confidence {
  double score = 0;    ///< From 0 to 1. docs/reports.md has the formula.
  double growth = 0;   ///< Its parts, each from 0 to 1: how steadily it grew, …
  double balance = 0;  ///< … how little of it was freed, …
  double age = 0;      ///< … and how much older it is than what was freed.

  /// `high`, `medium`, `low`.
  [[nodiscard]] std::string_view word() const;
};

}  // namespace heaptap::analysis
