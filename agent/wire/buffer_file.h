// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/wire/geometry.h"
#include "agent/wire/layout.h"

/// A file in place of a relay (HEAPTAP_BUFFER): a page-aligned preamble, which says what a relay would read
/// in /proc, and behind it the same memory that a relay would have made. Made by the target, read afterwards
/// by `heaptap recover`, which trusts nothing in it: it computes the geometry from the capacity by itself.
namespace heaptap::wire {

inline constexpr std::uint64_t kBufferMagic = 0x31'46'55'42'50'41'45'48;  // "HEAPBUF1"
inline constexpr std::uint32_t kBufferVersion = 1;
inline constexpr std::size_t kBufferPreambleBytes = 8 * kPage;

struct BufferPreamble {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t layoutVersion;
  std::atomic<std::uint32_t> complete;  ///< 1 once the file may be read (release).
  std::uint32_t pid;                    ///< In the target's own PID namespace, as the parent's.
  std::uint32_t parentPid;
  std::uint32_t reserved;
  std::int64_t startedAtUnixNs;  ///< At Header::clockBase.
  Capacity capacity;
  std::uint32_t executableBytes;  ///< Of `text`, one after the other: path of the executable, …
  std::uint32_t folderBytes;      ///< … working folder, …
  std::uint32_t hostBytes;        ///< … host name, …
  std::uint32_t commandBytes;  ///< … and the arguments, each with a zero behind it; cut off where it ends.
  char text[kBufferPreambleBytes - 96];
};
static_assert(sizeof(Capacity) == 40);
static_assert(sizeof(BufferPreamble) == kBufferPreambleBytes);

/// Room for what a pool of this size can hold: stacks and threads need less than the events that name them.
constexpr Capacity bufferCapacity(std::uint64_t poolBytes) {
  Capacity capacity;
  capacity.poolBytes = poolBytes;
  // Each thread holds a chunk for good.
  const std::uint64_t chunks = poolBytes / kChunkBytes;
  if (chunks < capacity.threads) capacity.threads = chunks < 1024 ? 1024 : static_cast<std::uint32_t>(chunks);
  capacity.nodes = 1U << 20;
  while (capacity.nodes < 1U << 24 && capacity.nodes < poolBytes / 64) capacity.nodes *= 2;
  capacity.frames = capacity.nodes / 8;
  capacity.textBytes = 1ULL << 20;
  capacity.modules = 1U << 12;
  return capacity;
}

inline constexpr std::uint64_t kSmallestBufferPool = 1ULL << 20;
inline constexpr std::uint64_t kLargestBufferPool = 8ULL << 30;  ///< FreeList counts chunks with 20 bits.
static_assert(kLargestBufferPool / kChunkBytes < 1U << 20);

/// Returns true when this is what `bufferCapacity` gives for some pool.
constexpr bool isBufferCapacity(const Capacity& c) {
  if (c.poolBytes < kSmallestBufferPool || c.poolBytes > kLargestBufferPool) return false;
  const Capacity expected = bufferCapacity(c.poolBytes);
  return c.threads == expected.threads && c.processes == expected.processes &&
         c.modules == expected.modules && c.textBytes == expected.textBytes && c.frames == expected.frames &&
         c.nodes == expected.nodes;
}

}  // namespace heaptap::wire
