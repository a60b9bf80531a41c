// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace heaptap::store {

/// What a session's events, counted one by one, have come to beside the numbers that the file has of them.
struct Verification {
  std::uint64_t events = 0;  ///< That were decoded and counted.
  std::uint64_t batches = 0;
  std::uint64_t snapshots = 0;    ///< That were compared, too; likewise the next.
  std::uint64_t checkpoints = 0;  ///< Others.
  std::uint64_t keyframes = 0;
  std::uint64_t spans = 0;
  /// Of which there is no record: evicted, or not stored. The numbers include them, so that nothing can be
  /// compared.
  std::uint64_t eventsNotStored = 0;
  /// The session was made of another profiler's file, which tells of no events.
  bool isImported = false;
  /// It was recorded without events: its numbers can only be held against each other.
  bool isWithoutEvents = false;
  /// What is not the same, each a line; at most kMostDifferences of them, and a line on the rest.
  std::vector<std::string> differences;

  static constexpr std::size_t kMostDifferences = 20;
};

/// Decodes all events of a session file, counts them one by one, and compares with what is stored: the
/// numbers of the end and of all checkpoints, the live blocks of all keyframes, and the sums of spans.
/// `isStopped`: asked now and then. Errors: those of SessionReader; Corrupt when columns are damaged, or
/// break a rule of ingest.proto, or the
///         numbers of an instant contradict each other; Unavailable: stopped.
Result<Verification> verifySession(
    const std::filesystem::path& file, const std::function<bool()>& isStopped = [] { return false; });

}  // namespace heaptap::store
