// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/model/definitions.h"
#include "collector/model/drops.h"
#include "collector/model/finding.h"
#include "collector/model/history.h"
#include "collector/model/resident_memory.h"
#include "collector/model/session_id.h"
#include "collector/model/session_model.h"
#include "counting/span_builder.h"

namespace heaptap::model {

/// The program image that was recorded.
struct Identity {
  SessionId id;
  SessionId tree;    ///< Shared by all sessions of one command; none when unknown.
  SessionId parent;  ///< None for the first image.
  std::uint32_t image = 0;
  std::string agentVersion;
  std::vector<std::string> command;
  std::string executable;
  std::string workingDirectory;
  std::string host;
  std::uint32_t pid = 0;
  std::uint32_t parentPid = 0;
  std::int64_t startedAtUnixNs = 0;
  std::uint32_t timeUnitNs = 1;
  std::uint64_t sampleInterval = 0;  ///< Bytes between samples on average; 0: every allocation is recorded.
  bool withoutEvents = false;        ///< Only what events add up to is kept, none of them.
  /// What the tree's first image was called, and its pid; 0 when unknown. For the name of the file, not
  /// stored in it.
  std::string firstProgram;
  std::uint32_t firstPid = 0;

  bool operator==(const Identity&) const = default;
};

/// How it ended, as the relay saw it.
struct Ending {
  enum class How : std::uint8_t { Unknown, Exited, Signaled, Exec, Stopped, Gone };
  How how = How::Unknown;
  std::int32_t status = 0;  ///< Exit status or signal.
  std::uint64_t endedNs = 0;

  bool operator==(const Ending&) const = default;
};

/// A program that the process has executed or started, and of which nothing is recorded.
struct UnrecordedProgram {
  std::string program;
  std::string why;       ///< Half a sentence.
  bool inPlace = false;  ///< It has taken over the process.
  std::uint32_t times = 1;

  bool operator==(const UnrecordedProgram&) const = default;
};

/// What the target did with malloc's heap, recorded or not.
struct Exact {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
  std::uint64_t frees = 0;

  bool operator==(const Exact&) const = default;
};

/// What the relay counted that is not an event.
struct RelayCounters {
#define HEAPTAP_RELAY_COUNTER(member, field, ...) std::uint64_t member = 0;
#include "base/relay_counters.def"
  bool bypassed = false;                      ///< The program has a malloc of its own in front of heaptap's.
  bool lookedPast = false;                    ///< It has opened libraries that do not see heaptap's malloc.
  std::optional<Exact> exact = std::nullopt;  ///< Where allocations are sampled.
#define HEAPTAP_RELAY_COUNTER(...)
#define HEAPTAP_RELAY_MEASURE(member, field) std::optional<std::uint64_t> member = std::nullopt;
#include "base/relay_counters.def"

  bool operator==(const RelayCounters&) const = default;
};

/// Everything that ingest knows of one session, rebuilt from a file or built from messages.
struct SessionRecord {
  Identity identity;
  std::optional<Ending> ending;               ///< Known once the relay said goodbye.
  std::vector<UnrecordedProgram> unrecorded;  ///< Likewise.
  Definitions definitions;
  SessionModel model;  ///< Has rows for the pairs, threads and heaps of `definitions`.
  Drops drops;
  RelayCounters relay;
  std::vector<Finding> findings;  ///< By id.
  std::vector<Mark> marks;        ///< In their order.
  ResidentMemory resident;
  std::vector<counting::Span> spans;  ///< That the last message has ended.

  /// What has been counted over time, to keep.
  [[nodiscard]] History history() const {
    return {
        .timeline = model.timeline(), .lifetimes = model.lifetimes(), .resident = resident, .marks = marks};
  }
};

/// Blocks that are live, and all that were allocated: counted, or what the samples stand for.
std::uint64_t estimatedLiveBlocks(const Identity& identity, const Totals& totals);
std::uint64_t estimatedAllocations(const Identity& identity, const Totals& totals);

}  // namespace heaptap::model
