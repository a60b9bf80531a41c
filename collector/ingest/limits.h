// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// How much a peer may ask the collector to remember. Far beyond what a real recording needs; there to
/// keep memory and arithmetic bounded.
namespace heaptap::ingest {

inline constexpr std::uint32_t kProtocol = 6;          ///< The newest version that this collector speaks.
inline constexpr std::uint32_t kCountingProtocol = 5;  ///< From here on relays send CountedBatch.

inline constexpr std::uint32_t kMaxBatchEvents = 1U << 20;
/// Columns of a batch, as they come and decompressed: an event has at most 62 bytes in all of them together.
constexpr std::size_t maxColumnBytes(std::uint32_t events) { return 4096 + 64 * std::size_t{events}; }
/// Blocks in a part of a keyframe.
inline constexpr std::uint32_t kMaxKeyframeBlocks = 1U << 20;
inline constexpr std::size_t kMaxModules = 1U << 20;
/// Later words on the same modules and threads: beyond, the ones before stay.
inline constexpr std::size_t kMaxModuleWords = 1U << 20;
inline constexpr std::size_t kMaxRenamings = 1U << 20;
inline constexpr std::size_t kMaxThreads = 1U << 24;
inline constexpr std::size_t kMaxFrames = 1U << 24;
inline constexpr std::size_t kMaxStacks = 1U << 26;
inline constexpr std::size_t kMaxFindings = 1U << 16;
inline constexpr std::size_t kMaxHeaps = 1U << 16;
inline constexpr std::size_t kMaxMarks = 1U << 16;
inline constexpr std::size_t kMaxSnapshots = 100;
/// Of all snapshots together: each holds counters for all pairs that there are by then, some 3 bytes each.
inline constexpr std::size_t kMaxSnapshotPairs = 1U << 24;
inline constexpr std::size_t kMaxResidentSamples = 1U << 24;
inline constexpr std::size_t kMaxPairs = 1U << 26;
inline constexpr std::size_t kMaxSymbolLines = 1U << 26;
inline constexpr std::size_t kMaxTexts = 1U << 24;
inline constexpr std::size_t kMaxTextBytes = 1U << 20;  ///< One path, function name, argument, ….
inline constexpr std::size_t kMaxArguments = 1U << 20;
inline constexpr std::size_t kMaxBuildIdBytes = 64;

inline constexpr int kMaxUnrecorded = 64;  ///< Programs that a session has started unrecorded …
inline constexpr std::size_t kMaxUnrecordedText = 4096;  ///< … and each of their texts.
inline constexpr std::uint64_t kMaxTimeNs = 1ULL << 62;  ///< 146 years.
inline constexpr std::uint32_t kMaxTimeUnitNs = 1'000'000;
inline constexpr std::uint64_t kMaxBlockBytes = 1ULL << 57;  ///< The largest user address space there is.
inline constexpr std::uint64_t kMaxSampleInterval = 1ULL << 40;
inline constexpr unsigned kMaxLifetimeLog2 = 63;
inline constexpr unsigned kMaxAlignLog2 = 63;

/// Whether `more` entries may follow the `present` ones.
constexpr bool fits(std::size_t present, int more, std::size_t limit) {
  return present <= limit && static_cast<std::size_t>(more) <= limit - present;
}

}  // namespace heaptap::ingest
