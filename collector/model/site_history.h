// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/model/ids.h"

namespace heaptap::model {

/// Pairs of which the histories are wanted, together, one history for each group.
struct HistoryQuery {
  static constexpr std::size_t kMostGroups = 1024;
  static constexpr std::uint32_t kInstants = 48;

  std::vector<std::vector<PairId>> groups;  ///< At most kMostGroups; a pair is in one of them.
};

/// How the live blocks of a group of pairs came to be, from the events that are stored.
/// Units: times in ns since the session's start. Where allocations are sampled, bytes are estimates, and the
/// rest is of the recorded ones.
struct SiteHistory {
  static constexpr std::size_t kMostThreads = 16;
  static constexpr std::size_t kMostAddresses = 8;

  /// Live bytes at instants that divide the run evenly; the last is the end. Instants before `knownFromNs`
  /// are 0.
  std::vector<std::uint64_t> liveBytes;
  std::uint64_t knownFromNs = 0;  ///< Earlier events are no longer stored. 0: all are.
  std::uint64_t endNs = 0;        ///< The last instant.
  /// Null: not known. The first: also where some allocations are not stored any more.
  std::optional<std::uint64_t> firstAllocationNs = std::nullopt;
  std::optional<std::uint64_t> lastAllocationNs = std::nullopt;
  std::uint64_t frees = 0;  ///< Likewise.
  /// How long freed blocks lived, to the power of two; none: none was freed.
  std::optional<std::uint64_t> medianLifetimeNs = std::nullopt;
  std::optional<std::uint64_t> p95LifetimeNs = std::nullopt;
  /// How old what is left was at the end; none: not known. With very many blocks, those of a part of them.
  std::optional<std::uint64_t> oldestAgeNs = std::nullopt;
  std::optional<std::uint64_t> medianAgeNs = std::nullopt;
  std::vector<ThreadIndex> threads;  ///< That allocated, ascending: the first kMostThreads.
  std::uint64_t threadCount = 0;
  std::vector<std::uint64_t> addresses;  ///< Of some blocks that are left, the oldest first.

  bool operator==(const SiteHistory&) const = default;
};

}  // namespace heaptap::model
