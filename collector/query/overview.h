// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/model/session_record.h"
#include "collector/query/estimate.h"
#include "collector/query/slack.h"

namespace heaptap::query {

enum class State { Live, Complete, CutShort };

/// What is known of a session beside its events: where it is kept, and what was lost on the way there.
struct Custody {
  State state = State::Live;
  bool finished = true;   ///< Of CutShort: false when its collector did not come to close it.
  bool goesOn = false;    ///< Of CutShort: another collector is recording it.
  std::string file = {};  ///< Empty: not stored.
  std::uint64_t eventsNotStored = 0;
  std::uint64_t storedEventBytes = 0;
  std::optional<std::string> storeFailed = std::nullopt;       ///< Why the file does not hold everything.
  std::optional<std::uint64_t> collectorCpuNs = std::nullopt;  ///< Spent on this session.
};

/// How good the numbers of a sampled session are. Errors are standard errors.
struct Sampling {
  std::uint64_t interval = 0;  ///< Bytes between samples on average.
  std::uint64_t samples = 0;   ///< Recorded allocations.
  Estimates estimates = {};
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
  Slack slack = {};
  std::uint64_t liveBlocks = 0;
  std::optional<Sampling> sampling = std::nullopt;  ///< None: every allocation was recorded.
  std::uint64_t findings = 0;                       ///< That stand.
  std::uint64_t wrongUses = 0;                      ///< How often they were made.
  std::vector<OtherHeap> heaps = {};
  std::vector<model::Mark> marks = {};
  std::vector<model::Module> nameless = {};  ///< Modules with frames that have no names for a reason.
  std::vector<model::UnrecordedProgram> unrecorded = {};
  std::optional<std::uint64_t> maxProgramRssBytes =
      std::nullopt;                                            ///< Seen in a sample; without heaptap's share.
  std::optional<std::uint64_t> maxOwnRssBytes = std::nullopt;  ///< Heaptap's share.

  /// The largest resident size without heaptap's share: at least so much. None: unknown.
  std::optional<std::uint64_t> maxRssBytes() const;

  /// Until its end, or the last event when nobody said how it ended.
  std::uint64_t durationNs() const;
};

/// Cost: one pass over the pairs.
Overview overviewOf(const model::SessionRecord& record, const Custody& custody);

}  // namespace heaptap::query
