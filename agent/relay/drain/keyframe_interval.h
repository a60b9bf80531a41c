// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "agent/relay/base/message_sink.h"

namespace heaptap::relay {

/// When the next keyframe of a session is worth its cost. Threads: the drain's.
class KeyframeInterval {
 public:
  /// Going through so many events takes a reader some hundredths of a second.
  static constexpr std::uint64_t kMinEvents = 2'000'000;
  /// A keyframe has at most 1 / kShare of the bytes of the events since the last one.
  static constexpr std::uint64_t kShare = 8;
  /// Nor does one come before there were so many events for each block that is live, however large these are.
  static constexpr std::uint64_t kEventsABlock = 16;
  /// Of more blocks no keyframe is made: the drain copies them in one go, so that they are those of one
  /// moment, and these take it as long as a poll may take. Readers go on from the keyframe before.
  static constexpr std::size_t kMostBlocks = std::size_t{1} << 21;

  /// Of a file that is small for what is recorded, keyframes are a larger part: each at most so many times
  /// what is wanted between them, and no more than what has come since the last one.
  static constexpr std::uint64_t kMostOfWanted = 3;

  /// `events`: all so far, `live`: blocks now, `sent`: so far, which may be behind by some batches.
  /// `wantedBytes`: of columns between two keyframes, at most; 0: any.
  [[nodiscard]] bool isDue(std::uint64_t events, std::size_t live, const SentBytes& sent,
                           std::uint64_t wantedBytes = 0) const {
    if (live > kMostBlocks) return false;
    const std::uint64_t since = events - m_events;
    const std::uint64_t sinceBytes = sent.columns - m_columnBytes;
    const std::uint64_t own = bytesOf(live, sent);
    if (since >= std::max<std::uint64_t>(kMinEvents, kEventsABlock * live) && own * kShare <= sinceBytes)
      return true;
    return wantedBytes != 0 && sinceBytes >= std::max(wantedBytes, own) &&
           own / kMostOfWanted <= wantedBytes && since >= std::max<std::uint64_t>(live, 1);
  }
  /// Whether a snapshot should have one of its own: reading it is quicker than going through what has
  /// happened since the last one. So a program that makes snapshots in a loop costs no more than its events.
  [[nodiscard]] bool isWorthIt(std::uint64_t events, std::size_t live) const {
    return events - m_events >= std::max<std::uint64_t>(live, 1) && live <= kMostBlocks;
  }
  void made(std::uint64_t events, const SentBytes& sent) {
    m_events = events;
    m_columnBytes = sent.columns;
  }

 private:
  /// What so many blocks will take, judged by the keyframes before.
  [[nodiscard]] static std::uint64_t bytesOf(std::size_t live, const SentBytes& sent) {
    constexpr std::uint64_t kUsualBytes = 6;
    if (sent.keyframeBlocks == 0) return live * kUsualBytes;
    return static_cast<std::uint64_t>(static_cast<double>(live) * static_cast<double>(sent.keyframes) /
                                      static_cast<double>(sent.keyframeBlocks));
  }

  std::uint64_t m_events = 0;       ///< All that there were at the last one.
  std::uint64_t m_columnBytes = 0;  ///< Likewise.
};

}  // namespace heaptap::relay
