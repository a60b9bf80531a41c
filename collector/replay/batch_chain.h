// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/replay/stored_events.h"

namespace heaptap::replay {

/// Hears which share of a question is done, from 0 to 1, in the thread that asks.
using OnProgress = std::function<void(double)>;

/// The stored batches that may have events of an interval, and whether any are missing before, between and
/// behind them; and the sums of spans of them. Threads: one at a time.
class BatchChain {
 public:
  /// Sums of stored batches without a hole between them.
  struct SpanOfBatches {
    store::SpanPlace place;
    std::size_t first = 0;  ///< Batch; …
    std::size_t end = 0;    ///< … the one behind its last.
  };

  /// Errors: Corrupt.
  static Result<BatchChain> of(StoredEvents& events, std::uint64_t fromNs, std::uint64_t untilNs);

  /// Events in all the batches.
  [[nodiscard]] std::uint64_t events() const;

  /// Begins with the batch that has this event first, which is of before the interval. False: it is not
  /// stored, or others up to the interval are not; then nothing has changed.
  bool beginAtEvent(std::uint64_t event);
  /// Finds the spans. Those that are not of stored batches, or say something else than these, are passed
  /// over.
  Result<void> findSpans();
  [[nodiscard]] const std::vector<SpanOfBatches>& spans() const { return m_spans; }

  /// Where events are missing: later than, or at, `fromNs`, and until `toNs`, this included.
  struct Hole {
    std::uint64_t fromNs = 0;
    std::uint64_t toNs = 0;
  };
  using OnHole = std::function<void(const Hole&)>;
  /// Calls `take` with the batches, and `onHole` where some are missing, both in their order. Of what lies
  /// before the interval, nothing is said. Errors: Corrupt; Unavailable: withdrawn; those of `take`.
  Result<void> read(const StoredEvents::Take& take, const OnHole& onHole, const OnProgress& onProgress) {
    return read({}, take, onHole, onProgress);
  }
  /// Whose sums stand for batches.
  struct SpanUse {
    /// Which of those that begin with the next batch, by rising levels, is read in place of batches; nullptr:
    /// none.
    std::function<const SpanOfBatches*(std::span<const SpanOfBatches>)> choose = nullptr;
    std::function<Result<void>(const store::SpanPlace&, const counting::SpanSums&)> take = nullptr;
  };
  Result<void> read(const SpanUse& spans, const StoredEvents::Take& take, const OnHole& onHole,
                    const OnProgress& onProgress);

 private:
  explicit BatchChain(StoredEvents& events) : m_events(events) {}
  Result<void> findHoleAtEnd(const OnHole& onHole);
  [[nodiscard]] std::size_t batchAtEvent(std::uint64_t event) const;
  /// No event is missing between the batches of [first, end).
  [[nodiscard]] bool isWhole(std::size_t first, std::size_t end) const;

  StoredEvents& m_events;
  std::uint64_t m_fromNs = 0;
  std::vector<store::BatchPlace> m_batches;   ///< All that are stored.
  std::vector<std::uint64_t> m_eventsBefore;  ///< By batch: in those before it.
  std::vector<SpanOfBatches> m_spans;         ///< By first batch, then by level.
  std::size_t m_begin = 0;                    ///< Of the interval, …
  std::size_t m_end = 0;                      ///< … the one behind its last.
};

}  // namespace heaptap::replay
