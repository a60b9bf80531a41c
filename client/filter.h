// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/profile.h"

namespace heaptap::client {

/// A text to look for in names: as it is, or a regular expression (RE2's syntax, searched for anywhere).
struct TextPattern {
  std::string text;
  bool isRegex = false;
  std::string option = {};  ///< By which it was given, for errors: `--function`. Empty: by none.

  bool operator==(const TextPattern&) const = default;
};

/// Which allocations are looked at. All that is said must hold; what is not said lets all pass.
struct Filter {
  /// Of the stack: one of its lines has these, all in the same line. The allocator's own lines are not
  /// looked at.
  std::optional<TextPattern> function = std::nullopt;
  std::optional<TextPattern> file = std::nullopt;
  std::optional<TextPattern> module = std::nullopt;
  /// Requested bytes, both ends included.
  std::uint64_t minSize = 0;
  std::uint64_t maxSize = std::numeric_limits<std::uint64_t>::max();
  std::optional<model::HeapId> heap = std::nullopt;

  bool operator==(const Filter&) const = default;
};

/// A filter, applied to one profile: says of each pair whether it passes.
/// Cost: each different name is looked at once, then each frame and each stack node.
class FilterMatch {
 public:
  /// Everything passes.
  FilterMatch() = default;

  /// Errors: Usage: a regular expression that is none.
  [[nodiscard]] static Result<FilterMatch> of(const Profile& profile, const Filter& filter);

  [[nodiscard]] bool passes(const model::Pair& pair) const {
    return pair.size >= m_filter.minSize && pair.size <= m_filter.maxSize &&
           (!m_filter.heap || *m_filter.heap == pair.heap) &&
           (m_stacks.empty() || m_stacks[index(pair.stack)] != 0);
  }
  /// Whose numbers are added up where that makes sense for one heap only.
  [[nodiscard]] model::HeapId heap() const { return m_filter.heap.value_or(model::kMallocHeap); }
  [[nodiscard]] bool passesAll() const { return m_filter == Filter(); }

 private:
  Filter m_filter;
  std::vector<std::uint8_t> m_stacks;  ///< By stack: 1: passes. Empty: all do.
};

}  // namespace heaptap::client
