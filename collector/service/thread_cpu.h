// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>
#include <utility>

namespace heaptap::service {

/// The CPU time that the calling thread spends. Threads: the one that made it.
class ThreadCpu {
 public:
  ThreadCpu() : m_last(now()) {}
  /// Since the last call, or the beginning. Units: ns.
  std::uint64_t lap() {
    const std::uint64_t before = std::exchange(m_last, now());
    return m_last - before;
  }

 private:
  static std::uint64_t now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
  }
  std::uint64_t m_last;
};

}  // namespace heaptap::service
