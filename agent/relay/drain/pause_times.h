// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace heaptap::relay {

/// How long a session has recorded no allocations, as far as the relay sees it: it looks at each poll, so
/// that the ends of a pause are off by what lies between two polls, and a shorter pause may only be known to
/// have been. Times are in ns since the session's start. Threads: one.
class PauseTimes {
 public:
  /// `hasBeen`: it is paused, or was since the session's start.
  void look(bool isPaused, bool hasBeen, std::uint64_t nowNs) {
    nowNs = std::max(nowNs, m_lookedAtNs);
    if (m_since) m_totalNs += nowNs - m_lookedAtNs;
    if (!isPaused)
      m_since.reset();
    else if (!m_since)
      m_since = nowNs;
    m_hasBeen = m_hasBeen || hasBeen;
    m_lookedAtNs = nowNs;
  }

  /// Up to the last look; 0: it was never paused, 1: for moments that were too short to be timed.
  [[nodiscard]] std::uint64_t totalNs() const {
    return std::max<std::uint64_t>(m_totalNs, m_hasBeen ? 1 : 0);
  }
  /// When the pause began that lasts. None: it is not paused.
  [[nodiscard]] std::optional<std::uint64_t> sinceNs() const { return m_since; }

 private:
  std::uint64_t m_totalNs = 0;
  std::optional<std::uint64_t> m_since;
  std::uint64_t m_lookedAtNs = 0;
  bool m_hasBeen = false;
};

}  // namespace heaptap::relay
