// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/event.h"

namespace heaptap::replay {

/// Which frees of malloc's heap end temporary allocations, while events are read from somewhere within a
/// session on: of blocks that are older than that it may be impossible to tell. Memory: 8 bytes for each
/// thread. Threads: one at a time.
class TemporaryFrees {
 public:
  enum class Answer : std::uint8_t { No, Yes, CannotTell };

  explicit TemporaryFrees(std::size_t threads) : m_last(threads, kUnknown) {}

  /// The first allocation that is read has this number. `before`: by thread, its last one of malloc's heap
  /// before that, ~0 where there is none; empty: of earlier ones nothing is known.
  void beginAt(std::uint64_t number, const std::vector<std::uint64_t>& before = {}) {
    m_first = before.empty() ? number : 0;
    m_last.assign(m_last.size(), kUnknown);
    std::copy_n(before.begin(), std::min(before.size(), m_last.size()), m_last.begin());
  }
  /// Precondition, as of the next: the thread is one of those.
  void allocated(model::ThreadIndex thread, std::uint64_t number) { m_last[index(thread)] = number; }

  /// Not inlined: GCC 12 would take the event's `temporary` for uninitialized.
  [[nodiscard, gnu::noinline]] Answer of(const model::Free& event) const {
    if (event.temporary) return *event.temporary ? Answer::Yes : Answer::No;
    const std::uint64_t last = m_last[index(event.thread)];
    if (last == event.number) return Answer::Yes;
    return last == kUnknown && event.number < m_first ? Answer::CannotTell : Answer::No;
  }

 private:
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  std::uint64_t m_first = 0;
  std::vector<std::uint64_t> m_last;  ///< By thread: its last allocation.
};

}  // namespace heaptap::replay
