// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::symbols {

/// Half-open range of addresses.
struct AddressRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] bool contains(std::uint64_t address) const { return begin <= address && address < end; }
};

/// Which ranges contain an address? Ranges may overlap and nest; well-formed input hardly does.
/// Use: add() everything, seal() once, then find().
template <class Value>
class IntervalIndex {
 public:
  void add(AddressRange range, Value value) {
    if (range.begin < range.end) m_entries.push_back({range, range.end, value});
  }

  void seal() {
    // On equal starts the longer range first: find() goes backwards and so meets the tighter one first.
    std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
      return a.range.begin != b.range.begin ? a.range.begin < b.range.begin : a.range.end > b.range.end;
    });
    std::uint64_t reach = 0;
    for (Entry& entry : m_entries) entry.reach = reach = std::max(reach, entry.range.end);
  }

  /// Calls `accept` with the values whose range contains the address, the latest start first, until it
  /// returns true. Returns whether it did.
  template <class Accept>
  bool find(std::uint64_t address, Accept&& accept) const {
    auto entry = std::upper_bound(m_entries.begin(), m_entries.end(), address,
                                  [](std::uint64_t a, const Entry& e) { return a < e.range.begin; });
    for (std::size_t looked = 0; entry != m_entries.begin() && looked < kMaxLooked; ++looked) {
      --entry;
      if (entry->reach <= address) return false;  // Nothing that starts here or earlier gets this far.
      if (entry->range.contains(address) && accept(entry->value)) return true;
    }
    return false;
  }

  [[nodiscard]] std::size_t size() const { return m_entries.size(); }

 private:
  struct Entry {
    AddressRange range;
    std::uint64_t reach;  ///< The largest end of this entry and all before it.
    Value value;
  };
  static constexpr std::size_t kMaxLooked = 4096;  ///< Bounds the work on ranges made to overlap.

  std::vector<Entry> m_entries;
};

}  // namespace heaptap::symbols
