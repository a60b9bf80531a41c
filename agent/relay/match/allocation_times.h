// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "agent/relay/base/live_blocks.h"

namespace heaptap::relay {

/// Makes the time of an allocation short: 32 bits of nanoseconds, counted from a moment that its number
/// tells. There is one such moment for each four seconds or so in which something was allocated.
class AllocationTimes {
 public:
  /// Beyond, the time must be kept as it is: only a hostile target needs so many (weeks have fewer).
  static constexpr std::size_t kMaxMoments = std::size_t{1} << 20;

  /// The short time of an allocation. None: it has none.
  std::optional<std::uint32_t> shorten(std::uint64_t number, std::uint64_t timeNs) {
    if (m_moments.empty() || number >= m_moments.back().firstNumber) {
      if (const auto now = fromLast(timeNs)) {
        m_lastNumber = std::max(m_lastNumber, number);
        return now;
      }
      // Only numbers that are given from now on may begin anew.
      if (m_moments.size() == kMaxMoments || (!m_moments.empty() && number <= m_lastNumber))
        return std::nullopt;
      m_moments.push_back({number, timeNs - std::min(timeNs, kRoomBefore)});
      m_lastNumber = number;
      return fromLast(timeNs);
    }
    const std::uint64_t since = timeNs - momentOf(number);
    if (since > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(since);
  }

  /// The time of which `shorten` said this.
  [[nodiscard]] std::uint64_t timeNs(std::uint64_t number, std::uint32_t shortened) const {
    return momentOf(number) + shortened;
  }

  /// The moments, by number, for whom short times are copied to.
  [[nodiscard]] std::vector<TimeMoment> moments() const { return {m_moments.begin(), m_moments.end()}; }

 private:
  /// Threads that were held up between their stamp and their event come late, by a little mostly.
  static constexpr std::uint64_t kRoomBefore = 500'000'000;

  [[nodiscard]] std::optional<std::uint32_t> fromLast(std::uint64_t timeNs) const {
    if (m_moments.empty() || timeNs < m_moments.back().timeNs) return std::nullopt;
    const std::uint64_t since = timeNs - m_moments.back().timeNs;
    if (since > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(since);
  }
  [[nodiscard]] std::uint64_t momentOf(std::uint64_t number) const {
    if (number >= m_moments.back().firstNumber) return m_moments.back().timeNs;
    const auto after =
        std::upper_bound(m_moments.begin(), m_moments.end(), number,
                         [](std::uint64_t n, const TimeMoment& moment) { return n < moment.firstNumber; });
    return after == m_moments.begin() ? m_moments.front().timeNs : std::prev(after)->timeNs;
  }

  std::deque<TimeMoment> m_moments;  ///< By number.
  std::uint64_t m_lastNumber = 0;
};

}  // namespace heaptap::relay
