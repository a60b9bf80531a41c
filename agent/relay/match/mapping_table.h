// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/wire/origin.h"

namespace heaptap::relay {

/// A range of bytes, from `start` up to `end`.
struct Range {
  std::uint64_t start = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t bytes() const { return end - start; }
  [[nodiscard]] bool empty() const { return start >= end; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// One mapping, as the session counts it: an allocation of its own, or one that a forked process began with.
struct Mapping {
  static constexpr std::uint64_t kInherited = ~std::uint64_t{0};

  Range range;
  std::uint64_t number = kInherited;  ///< Of the allocation in the session.
  std::uint64_t timeNs = 0;           ///< When that began.
  std::uint32_t stack = 0;            ///< Session id.
  std::uint32_t pair = 0;
  wire::Origin origin{};

  [[nodiscard]] bool isInherited() const { return number == kInherited; }
};

/// What is mapped, by address: ranges that do not overlap.
/// Cost: logarithmic for each mapping that is put in or taken out.
class MappingTable {
 public:
  [[nodiscard]] std::size_t size() const { return m_mappings.size(); }
  [[nodiscard]] bool overlaps(const Range& range) const {
    if (range.empty()) return false;
    const auto after = m_mappings.lower_bound(range.end);
    return after != m_mappings.begin() && std::prev(after)->second.range.end > range.start;
  }
  /// Takes out all mappings that have bytes in this range, in the order of their addresses.
  std::vector<Mapping> take(const Range& range) {
    std::vector<Mapping> taken;
    if (range.empty()) return taken;
    auto at = m_mappings.upper_bound(range.start);
    if (at != m_mappings.begin() && std::prev(at)->second.range.end > range.start) --at;
    while (at != m_mappings.end() && at->first < range.end) {
      taken.push_back(at->second);
      at = m_mappings.erase(at);
    }
    return taken;
  }
  /// Precondition: its range is not empty, and nothing overlaps it.
  void insert(const Mapping& mapping) { m_mappings.emplace(mapping.range.start, mapping); }

  template <class Look>
  void forEach(Look&& look) const {
    for (const auto& [start, mapping] : m_mappings) look(mapping);
  }

 private:
  absl::btree_map<std::uint64_t, Mapping> m_mappings;  ///< By start.
};

}  // namespace heaptap::relay
