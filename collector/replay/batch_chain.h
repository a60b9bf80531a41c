// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// Hears which share of a question is done, from 0 to 1, in the thread that asks.
using OnProgress = std::function<void(double)>;

/// The stored batches that may have events of an interval, and whether any are missing before, between and
/// behind them. Threads: one at a time.
class BatchChain {
 public:
  /// Errors: Corrupt.
  static Result<BatchChain> of(StoredEvents& events, std::uint64_t fromNs, std::uint64_t untilNs);

  /// Events in all the batches.
  [[nodiscard]] std::uint64_t events() const;

  /// Where events are missing: later than, or at, `fromNs`, and until `toNs`, this included.
  struct Hole {
    std::uint64_t fromNs = 0;
    std::uint64_t toNs = 0;
  };
  using OnHole = std::function<void(const Hole&)>;
  /// Calls `take` with the batches, and `onHole` where some are missing, both in their order. Of what lies
  /// before the interval, nothing is said. Errors: Corrupt; Unavailable: withdrawn; those of `take`.
  Result<void> read(const StoredEvents::Take& take, const OnHole& onHole, const OnProgress& onProgress);

 private:
  explicit BatchChain(StoredEvents& events) : m_events(events) {}
  Result<void> findHoleAtEnd(const OnHole& onHole);

  StoredEvents& m_events;
  std::vector<store::BatchPlace> m_batches;  ///< All that are stored.
  std::size_t m_begin = 0;                   ///< Of the interval, …
  std::size_t m_end = 0;                     ///< … the one behind its last.
};

}  // namespace heaptap::replay
