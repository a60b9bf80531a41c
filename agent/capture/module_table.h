// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/loaded_objects.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Registers each loaded binary in the shared memory when the first frame in it is seen.
///
/// An index stands for one loading of one binary: another binary that is loaded later at the same address
/// gets another index, as its build id, read from memory at each look-up, differs.
/// Owns: nothing; constant-initialised, lives for the life of the process.
/// Threads: any; no lock. Two threads may register the same binary twice: the relay treats equal ones as one.
class ModuleTable {
 public:
  /// Begins to use `header`'s tables. Before that every index is kNoModule.
  void attach(wire::Header* header) { m_header = header; }

  /// The index of `object`; wire::kNoModule when the table is full or not attached.
  std::uint32_t indexOf(const LoadedObject& object);

  /// Frames in `[start, end)` are the agent's own; at most kAgentRanges such ranges.
  void addAgentRange(std::uint64_t start, std::uint64_t end);
  [[nodiscard]] bool isAgent(const LoadedObject& object) const;

 private:
  static constexpr std::uint32_t kBuckets = 1U << 14;  // Twice the capacity of the shared table.
  static constexpr unsigned kAgentRanges = 4;

  // What identifies a loading, kept privately: the shared memory is for the relay.
  struct Known {
    std::atomic<std::uint32_t> ready;
    std::uint32_t index;
    std::uint64_t start, end, bias;
    const std::uint8_t* ehFrameHdr;
    const std::uint8_t* buildId;  // In the binary's own mapping, null when it has none.
    std::uint64_t buildIdStart;   // Its first bytes, as they were.
  };

  [[nodiscard]] static bool same(const Known& known, const LoadedObject& object);
  std::uint32_t publish(const LoadedObject& object, const BuildId& buildId);

  wire::Header* m_header = nullptr;
  std::atomic<std::uint32_t> m_agentRanges{0};
  std::uint64_t m_agentStart[kAgentRanges] = {};
  std::uint64_t m_agentEnd[kAgentRanges] = {};
  std::atomic<std::uint32_t> m_knownCount{0};
  std::atomic<std::uint32_t> m_buckets[kBuckets] = {};  // Index + 1 into m_known.
  Known m_known[kBuckets / 2] = {};
};

}  // namespace heaptap::capture
