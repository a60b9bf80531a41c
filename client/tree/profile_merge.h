// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "client/profile.h"
#include "client/site_table.h"

namespace heaptap::client {

/// Puts the profiles of several sessions together into one, in which the same stack of any number of them is
/// one stack: a frame is known by its module's path and build id and its address in that file; without a
/// module by its names, and without either it is of one process alone.
///
///     session 1: stack 17  parse+0x10 ◄ main+0x08 ─┐
///     session 2: stack 40  parse+0x10 ◄ main+0x08 ─┴► stack 5
///
/// What is added is copied as far as it has counted anything: a profile need not live longer than the call.
/// Cost: of time, some 100 ns for each stack with a count; of memory, the stacks that are different.
/// Threads: one at a time.
class ProfileMerge {
 public:
  ProfileMerge() = default;

  /// How the counts of a session are taken.
  enum class Take : std::uint8_t {
    All,
    WithoutLive,  ///< Its memory is gone: what was live counts as freed.
    OnlyLive,     ///< What is live counts as allocated, and nothing else does.
  };
  /// What the ids of a session that was added have become. Pairs that have counted nothing have none.
  struct Ids {
    std::vector<model::StackId> stacks;       ///< By stack; the empty stack: it was not needed.
    std::vector<model::PairId> pairs;         ///< By pair; kNone: likewise.
    std::vector<model::ThreadIndex> threads;  ///< By thread.
    std::vector<model::HeapId> heaps;         ///< By heap.
  };
  static constexpr model::PairId kNone{0xFFFF'FFFF};

  /// `process`: whose it is; sessions of one process come one after the other.
  Ids add(const Profile& profile, std::uint32_t process, Take take = Take::All);

  /// All of them so far. Its summary is `summary`.
  [[nodiscard]] Profile profile(v1::Summary summary) const;
  /// How many processes have allocated at a site, and how many have live blocks of it.
  struct Processes {
    std::uint32_t allocating = 0;
    std::uint32_t holding = 0;
  };
  [[nodiscard]] Processes processesAt(const SiteKey& site) const;

 private:
  using PairKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint32_t, std::uint32_t,
                             std::uint32_t, std::uint32_t>;
  /// Counts processes that come one after the other.
  struct Counted {
    std::uint32_t count = 0;
    std::uint32_t last = 0;  ///< The process that was counted last.

    void add(std::uint32_t process) {
      if (count == 0 || last != process) ++count;
      last = process;
    }
  };
  struct Presence {
    Counted allocating;
    Counted holding;
  };
  class Adding;

  model::TextId textOf(const std::string& text);
  std::uint32_t moduleOf(const model::Module& module);
  model::HeapId heapOf(const std::string& name);
  model::StackId stackBelow(model::StackId parent, model::FrameId frame);
  model::PairId pairOf(const model::Pair& pair);
  void addTotals(const model::Counts& counts, const Ids& ids, Take take);

  model::Definitions m_definitions;
  model::Counts m_counts;
  absl::flat_hash_map<std::string, model::TextId> m_texts;
  absl::flat_hash_map<std::pair<std::string, std::string>, std::uint32_t>
      m_modules;  ///< By path and build id.
  std::map<std::string, model::HeapId> m_heaps;
  absl::flat_hash_map<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>, model::FrameId> m_places;
  absl::flat_hash_map<std::string, model::FrameId> m_namedPlaces;  ///< Without a module.
  std::vector<std::uint8_t> m_isNamed;                             ///< By frame.
  absl::flat_hash_map<std::uint64_t, model::StackId> m_stacks;     ///< By parent and frame.
  absl::flat_hash_map<PairKey, model::PairId> m_pairs;
  absl::flat_hash_map<std::pair<std::uint32_t, std::uint32_t>, Presence> m_presence;  ///< By stack and heap.
  absl::flat_hash_map<std::uint64_t, std::uint64_t> m_freeSites;                      ///< By pair and stack.
};

}  // namespace heaptap::client
