// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace heaptap::relay {

/// With which allocation the spans of a process begin: of the last kMost that it has begun.
class SpanStarts {
 public:
  static constexpr std::size_t kMost = 4096;

  /// `nextAllocation`: the number of the first allocation that may be made in it.
  void begin(std::uint32_t span, std::uint64_t nextAllocation) {
    m_starts[span] = nextAllocation;
    if (m_starts.size() > kMost) m_starts.erase(m_starts.begin());
  }
  [[nodiscard]] std::optional<std::uint64_t> startOf(std::uint32_t span) const {
    const auto known = m_starts.find(span);
    return known == m_starts.end() ? std::nullopt : std::optional(known->second);
  }

 private:
  std::map<std::uint32_t, std::uint64_t> m_starts;  ///< By the span's number, which counts up.
};

}  // namespace heaptap::relay
