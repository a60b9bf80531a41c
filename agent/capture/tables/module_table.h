// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "agent/capture/system/loaded_objects.h"
#include "agent/capture/tables/module_file.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Registers each binary in the shared memory when the first frame in it is seen.
///
/// An index stands for one binary, however often and wherever it is loaded: known by its path, build id,
/// first page and file. Of one without a build id whose file is not known (it was deleted) each loading is
/// taken for another binary, since nothing shows that it is the same. Which binary lies at an address is
/// remembered until something is unloaded; then it is established anew, except for what is seen to have
/// stayed. Owns: nothing; constant-initialised, lives for the life of the process. Threads: any; no lock. Two
/// threads may register the same binary twice: the relay treats equal ones as one.
class ModuleTable {
 public:
  /// How an unknown binary may be looked at.
  struct Look {
    PathRoom& room;
    bool mayAsk;  ///< The kernel.
  };

  /// Begins to use `header`'s tables. Before that every index is kNoModule.
  void attach(wire::Header* header) { m_header = header; }
  /// In a forked child: binaries are registered as those of this process from now on.
  void joinAs(std::uint32_t process) { m_process = process; }

  /// The index of `object`; wire::kModuleBeyond when the table is full, kNoModule when not attached.
  std::uint32_t indexOf(const LoadedObject& object, Look look);

  /// Something was unloaded; what, and when, is not known.
  void unloaded() { m_generation.fetch_add(1, std::memory_order_acq_rel); }
  /// dlclose() has returned.
  void closed();

  /// Frames in `[start, end)` are the agent's own; at most kAgentRanges such ranges.
  void addAgentRange(std::uint64_t start, std::uint64_t end);
  [[nodiscard]] bool isAgent(const LoadedObject& object) const;

 private:
  static constexpr std::uint32_t kBuckets = 1U << 14;  // Twice the capacity of the shared table.
  static constexpr std::uint32_t kSets = 1U << 9;
  static constexpr std::uint32_t kWays = 4;
  static constexpr unsigned kAgentRanges = 4;

  /// What lies where, as far as the table has looked.
  struct Loading {
    std::uint64_t start, end, bias;
    const std::uint8_t* ehFrameHdr;
    const std::uint8_t* buildId;  // In the binary's own mapping, null when it has none.
    std::uint64_t buildIdStart;   // Its first bytes, as they were.
    std::uint64_t content;        // Digest of its path and first page.
    std::uint32_t index;
    std::uint32_t checked;   // Generation in which it was established what this is.
    std::uint32_t seen;      // Generation up to which it is known to have stayed.
    std::uint32_t isProven;  // By a build id, or its file.
  };
  /// A Loading and its lock: odd while it is being written. A reader who meets that takes it for none.
  struct Place {
    std::atomic<std::uint32_t> version;
    Loading loading;
  };
  /// A binary that is registered. The index is written last.
  struct Known {
    std::atomic<std::uint64_t> key;        // 0: none.
    std::atomic<std::uint32_t> reference;  // Index + 1.
  };

  [[nodiscard]] static bool same(const Loading& loading, const LoadedObject& object);
  static bool read(const Place& place, Loading& loading);
  static void write(Place& place, const Loading& loading);
  [[nodiscard]] static bool mayStay(const Loading& stale, const Loading& loading, bool mayAsk);
  Place* placesOf(const LoadedObject& object);
  void remember(const Loading& loading, Place* stale, Place* set);
  void confirm(Place& place, std::uint32_t generation);
  std::uint32_t identify(const LoadedObject& object, Look look, Loading& loading, const Loading* stale);
  std::uint32_t registered(std::uint64_t key, const wire::ModuleEntry& entry, const LoadedObject& object,
                           const char* file, std::size_t fileBytes);
  std::uint32_t publish(const wire::ModuleEntry& entry, const LoadedObject& object, const char* file,
                        std::size_t fileBytes);

  wire::Header* m_header = nullptr;
  std::uint32_t m_process = wire::kFirstProcess;
  std::atomic<std::uint32_t> m_generation{0};
  std::atomic<std::uint32_t> m_loadings{0};  // Numbers what nothing else distinguishes.
  std::atomic<std::uint32_t> m_next{0};      // Of a full set's places, the one to be given up.
  std::atomic<std::uint32_t> m_agentRanges{0};
  std::uint64_t m_agentStart[kAgentRanges] = {};
  std::uint64_t m_agentEnd[kAgentRanges] = {};
  Place m_places[kSets * kWays] = {};
  std::atomic<std::uint64_t> m_used[kSets * kWays / 64] = {};  // A bit for each place.
  std::atomic<std::uint32_t> m_knownCount{0};
  Known m_known[kBuckets] = {};
};

}  // namespace heaptap::capture
