// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstddef>
#include <optional>
#include <vector>

#include "gui/models/filter/site_filter.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/threads/thread_matrix.h"

namespace heaptap::gui {

/// Which blocks a histogram counts.
enum class HistogramOf : quint8 { Allocated, Live, AtPeak };
enum class HistogramUnit : quint8 { Bytes, Blocks };

/// Blocks by a property, in ranges of powers of two, each range stacked by the call sites that the blocks
/// come from.
struct Histogram {
  /// The call sites of one function of the program's own.
  struct Series {
    QString name;      ///< The function as one says it, of any length.
    QString function;  ///< The whole name, for filters; empty: everything that has no series of its own.
    BlockSum sum;

    [[nodiscard]] bool isRest() const { return function.isEmpty(); }
    bool operator==(const Series&) const = default;
  };
  /// A range, both ends included.
  struct Bar {
    quint64 from = 0;
    quint64 to = 0;
    std::vector<BlockSum> parts;  ///< By series.

    [[nodiscard]] BlockSum sum() const;
    bool operator==(const Bar&) const = default;
  };
  std::vector<Series> series;  ///< The largest first; the rest last.
  std::vector<Bar> bars;       ///< Ascending, without holes: empty ones stand between others.
  bool areEstimates = false;   ///< The allocations were sampled.
  bool areMeans = false;       ///< Bytes are numbers of blocks times mean sizes.
  quint64 knownFromNs = 0;     ///< Earlier events are not stored. Units: ns since the session's start.

  [[nodiscard]] BlockSum sum() const;
  bool operator==(const Histogram&) const = default;
};

/// So many functions have series of their own.
inline constexpr std::size_t kHistogramSeries = 7;

/// Which blocks, ranked by what, at which time, of which call sites.
struct HistogramWish {
  TimeChoice time = {};
  HistogramOf of = HistogramOf::Allocated;
  HistogramUnit unit = HistogramUnit::Bytes;
  SiteFilter filter = {};  ///< Lifetimes are of all threads, whatever it says of them.
  quint64 turn = 0;     ///< Another number: the same again, as it is now.

  bool operator==(const HistogramWish&) const = default;
};

[[nodiscard]] inline quint64 valueOf(const BlockSum& sum, HistogramUnit unit) {
  return unit == HistogramUnit::Bytes ? sum.bytes : sum.blocks;
}

/// The series that are worth a colour of their own: positions of the largest values, the largest first;
/// equal ones in their order. Those without any value are left out.
[[nodiscard]] std::vector<std::size_t> largestOf(const std::vector<quint64>& values,
                                                 std::size_t most = kHistogramSeries);

}  // namespace heaptap::gui
