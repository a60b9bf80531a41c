// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

/// Lists of what is free in the shared memory: chunks of the pool, slots of threads.
namespace heaptap::wire {

inline constexpr std::uint32_t kNoChunk = 0;  ///< Chunk references are index + 1, so that zero is none.

/// What a free chunk keeps of the one that follows it in the pool's list. In a memory of zeros each is
/// followed by its neighbour, the last one by none: so the list of a new pool need not be written.
constexpr std::uint32_t linkTo(std::uint32_t next, std::uint32_t reference) { return next - reference - 1; }
constexpr std::uint32_t linked(std::uint32_t link, std::uint32_t reference, std::uint32_t chunkCount) {
  const std::uint32_t next = reference + 1 + link;
  return next <= chunkCount ? next : kNoChunk;
}

/// Head of a lock-free stack of indices, for the pool of chunks and for thread slots.
/// The tag defeats ABA; the count makes "is less than an eighth left?" one load.
struct FreeList {
  std::atomic<std::uint64_t> head;  ///< tag:24 | count:20 | reference:20, see pack() and friends.

  static constexpr std::uint64_t pack(std::uint64_t tag, std::uint64_t count, std::uint64_t reference) {
    return tag << 40 | (count & 0xFFFFF) << 20 | (reference & 0xFFFFF);
  }
  static constexpr std::uint32_t reference(std::uint64_t h) {
    return static_cast<std::uint32_t>(h & 0xFFFFF);
  }
  static constexpr std::uint32_t count(std::uint64_t h) {
    return static_cast<std::uint32_t>(h >> 20 & 0xFFFFF);
  }
  static constexpr std::uint64_t tag(std::uint64_t h) { return h >> 40; }
};

}  // namespace heaptap::wire
