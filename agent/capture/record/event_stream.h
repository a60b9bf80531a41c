// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "agent/capture/system/arch/arch.h"
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
  /// Starts an empty stream whose first chunk will be hooked to `first`. `restrictions`: of its thread
  /// (wire::kNo…).
  void reset(std::atomic<std::uint32_t>* first, const std::atomic<std::uint32_t>* restrictions);

  /// The writer was left in the middle of anything at all. Makes the stream whole: what was published counts.
  /// False: it was left between two chunks, and cannot be used any more.
  [[nodiscard]] bool recover();

  /// Publishes one event of N words, which begin with a wire::headWord() (release). False when there was no
  /// room: the event is lost, and the caller counts it. `forFree` events may use the part of the pool that is
  /// kept for frees.
  template <std::size_t N>
  bool write(wire::Header* header, StallClock& stall, bool forFree, const std::uint64_t (&words)[N]) {
    if (!publish(header, stall, forFree, words)) return false;
    // Behind it: a writer that is left in between has an older stamp here, and writes its next event in full.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    m_stamp = wire::stampOf(words[0]);
    return true;
  }
  /// The same for an event of a short kind. Only when endsAt(its stamp).
  template <std::size_t N>
  bool writeShort(wire::Header* header, StallClock& stall, bool forFree, const std::uint64_t (&words)[N]) {
    return publish(header, stall, forFree, words);
  }
  /// Whether the last event has this stamp.
  [[nodiscard]] bool endsAt(std::uint64_t stamp) const { return stamp == m_stamp; }

 private:
  static constexpr std::size_t kPrefetchBytes = 512;
  static constexpr std::uint64_t kNoStamp = ~std::uint64_t{0};  // They have 56 bits.

  template <std::size_t N>
  bool publish(wire::Header* header, StallClock& stall, bool forFree, const std::uint64_t (&words)[N]) {
    if (m_chunk == nullptr || m_used + sizeof(words) > wire::kChunkPayload) {
      if (!nextChunk(header, stall, forFree)) return false;
    }
    unsigned char* at = reinterpret_cast<unsigned char*>(m_chunk + 1) + m_used;
    std::memcpy(at, words, sizeof(words));
    // The relay has read these lines when the chunk was used before, so another core may have them.
    arch::prefetchForWrite(at + kPrefetchBytes);
    m_used += sizeof(words);
    // Release pairs with the relay's acquire: it sees the whole event or none of it.
    m_chunk->published.store(m_used, std::memory_order_release);
    return true;
  }

  bool nextChunk(wire::Header* header, StallClock& stall, bool forFree);
  std::uint32_t takeChunk(wire::Header* header, std::uint32_t keep);
  std::uint32_t spinForChunk(wire::Header* header, StallClock& stall, std::uint32_t keep);

  std::atomic<std::uint32_t>* m_first;
  const std::atomic<std::uint32_t>* m_restrictions;
  wire::ChunkHeader* m_chunk;         // Null until the first event.
  std::uint64_t m_stamp;              // Of the last event, or kNoStamp.
  std::uint32_t m_used;               // Bytes of payload.
  std::atomic<bool> m_betweenChunks;  // A chunk is, or may be, taken that is not in the chain yet.
};

}  // namespace heaptap::capture
