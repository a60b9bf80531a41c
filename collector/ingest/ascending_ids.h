// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::ingest {

/// Makes ids of differences: ascending ones below `limit`.
class AscendingIds {
 public:
  explicit AscendingIds(std::uint64_t limit) : m_limit(limit) {}
  /// False when the next one is not above the one before, or not below the limit.
  bool next(std::uint32_t difference, std::uint64_t& id) {
    if (!m_isFirst && difference == 0) return false;
    m_isFirst = false;
    id = m_last += difference;
    return id < m_limit;
  }

 private:
  const std::uint64_t m_limit;
  std::uint64_t m_last = 0;
  bool m_isFirst = true;
};

}  // namespace heaptap::ingest
