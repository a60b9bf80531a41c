// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// How long this thread has waited for a relay that makes no progress. Once the cap is reached, further
/// events are dropped at once, until the relay moves again.
struct StallClock {
  std::uint32_t progressSeen = 0;
  bool running = false;
  std::uint64_t since = 0;  ///< CLOCK_MONOTONIC ns at which progressSeen was first seen.
};

/// Writes events into a chain of chunks, which the relay reads behind it.
/// Owns: the chunk it writes; full ones are the relay's. Threads: one writer.
class EventStream {
 public:
  /// Starts an empty stream whose first chunk will be hooked to `first`.
  void reset(std::atomic<std::uint32_t>* first);

  /// Publishes one event of `count` words (release). False when there was no room: the event is lost, and
  /// the caller counts it. `forFree` events may use the part of the pool that is kept for frees.
  bool write(wire::Header* header, StallClock& stall, bool forFree, const std::uint64_t* words,
             std::uint32_t count);

 private:
  bool nextChunk(wire::Header* header, StallClock& stall, bool forFree);

  std::atomic<std::uint32_t>* m_first;
  wire::ChunkHeader* m_chunk;  // Null until the first event.
  std::uint32_t m_used;        // Bytes of payload.
};

}  // namespace heaptap::capture
