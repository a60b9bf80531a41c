// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/model/estimate.h"
#include "collector/model/session_record.h"
#include "collector/model/slack.h"
#include "collector/query/custody.h"
#include "collector/query/session_view.h"

namespace heaptap::query {

/// How good the numbers of a sampled session are. Errors are standard errors.
struct Sampling {
  std::uint64_t interval = 0;  ///< Bytes between samples on average.
  std::uint64_t samples = 0;   ///< Recorded allocations.
  model::Estimates estimates = {};
};

/// Allocations whose stack is not the whole truth.
struct StackQuality {
  std::uint64_t unknown = 0;    ///< The stack table was full, or the entry damaged.
  std::uint64_t truncated = 0;  ///< Deeper than heaptap walks.
  std::uint64_t lost = 0;       ///< The walk had to give up.
  std::uint64_t guessed = 0;    ///< A frame was found without unwind information.
};

/// A heap beside malloc's.
struct OtherHeap {
  model::HeapId id{};
  std::string name;
  model::HeapTotals totals = {};
};

/// A module with frames that have no names, or not all.
struct NamelessModule {
  std::string path;
  model::NamesMissing missing{};
};

/// A session in numbers: everything but its tables. Small, so that it can be copied often. Where allocations
/// are sampled, `totals` has the exact numbers of allocations and frees, as far as the target has said them.
struct Overview {
  model::Identity identity = {};
  std::optional<model::Ending> ending = std::nullopt;
  Custody custody = {};
  model::Totals totals = {};
  model::LifetimeHistogram lifetimes{};
  std::uint64_t threads = 0;
  model::Drops drops = {};
  model::RelayCounters relay = {};
  StackQuality stacks = {};
  model::Slack slack = {};
  std::uint64_t liveBlocks = 0;
  std::optional<Sampling> sampling = std::nullopt;  ///< None: every allocation was recorded.
  std::uint64_t findings = 0;                       ///< That stand.
  std::uint64_t wrongUses = 0;                      ///< How often they were made.
  std::vector<OtherHeap> heaps = {};
  std::vector<model::Mark> marks = {};
  std::vector<NamelessModule> nameless = {};
  std::vector<model::UnrecordedProgram> unrecorded = {};
  std::optional<std::uint64_t> maxProgramRssBytes =
      std::nullopt;                                            ///< Seen in a sample; without heaptap's share.
  std::optional<std::uint64_t> maxOwnRssBytes = std::nullopt;  ///< Heaptap's share.

  /// The largest resident size without heaptap's share: at least so much. None: unknown.
  std::optional<std::uint64_t> maxRssBytes() const;

  /// Until its end, or the last event when it is not known how it ended.
  std::uint64_t durationNs() const;
};

/// Cost: one pass over the pairs.
Overview overviewOf(const SessionView& view);

}  // namespace heaptap::query
