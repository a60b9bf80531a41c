// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "counting/batch_sums.h"
#include "counting/span_sums.h"

namespace heaptap::counting {

/// Sums of batches, and which batches they are.
struct Span {
  std::uint32_t level = 0;
  std::uint64_t firstEvent = 0;       ///< Events before it, of the session.
  std::uint64_t firstAllocation = 0;  ///< Likewise, allocations.
  std::uint64_t events = 0;
  std::uint64_t fromNs = 0;  ///< Of its first event.
  std::uint64_t toNs = 0;    ///< Of its last one.
  SpanSums sums = {};
};

/// Adds up the batches of a session in spans, and these in longer ones.
///
///     batches   | | | | | | | | | | | | | | | | | | | | | | | |
///     level 0   |   0   |   1   |   2   |   3   |   4   | …         some 100,000 events, or as many as make
///     the sums level 1   |               0               |     …             a small part of the columns'
///     bytes level 2   |                           …                       each of the next level is
///     kSpansInNext of these
///
/// So an interval of any length is a few spans of each level, and some batches at its two ends.
/// Cost:   of a batch, that of its sums' entries, now and then more.
/// Memory: of the sums that are not finished, at most kMostEntries for each level.
/// Threads: one at a time.
class SpanBuilder {
 public:
  static constexpr std::size_t kLevels = 4;
  struct Limits {
    std::uint64_t leastEvents = std::uint64_t{1} << 17;  ///< Of a span of level 0.
    /// Of level 0 no more: what is at the ends of an interval is read event by event.
    std::uint64_t mostEvents = std::uint64_t{1} << 21;
    /// Bytes of columns for each entry of the sums. An entry takes some 0.6 bytes: then they are 2 % of them.
    std::uint64_t bytesByEntry = 32;
    std::uint32_t spansInNext = 16;
  };

  SpanBuilder() = default;
  explicit SpanBuilder(const Limits& limits) : m_limits(limits) {}

  struct Batch {
    std::uint64_t firstEvent = 0;
    std::uint64_t firstAllocation = 0;
    std::uint64_t events = 0;
    std::uint64_t fromNs = 0;
    std::uint64_t toNs = 0;
    std::uint64_t bytes = 0;  ///< Of its columns.
  };
  /// Adds a batch, and appends the spans that end with it, the lowest level first. One that does not follow
  /// on the batch before begins anew.
  void add(const Batch& batch, const BatchSums& sums, std::vector<Span>& finished);
  /// What comes next is not counted in sums.
  void breakOff();

 private:
  static constexpr std::size_t kMostEntries = std::size_t{1} << 22;

  struct Level {
    Span span;
    std::uint32_t parts = 0;  ///< Spans of the level below that are in it.
    bool isOpen = false;

    void add(const Span& next, std::uint32_t level);
  };

  void addRecent();
  void finish(std::size_t level, std::vector<Span>& finished);

  Limits m_limits;
  std::array<Level, kLevels> m_levels;
  SpanSums m_recent;  ///< Of level 0, what is not in its span yet: so that a large one is not copied for each
                      ///< batch.
  std::uint64_t m_bytes = 0;  ///< Of level 0.
  std::uint64_t m_nextEvent = 0;
};

}  // namespace heaptap::counting
