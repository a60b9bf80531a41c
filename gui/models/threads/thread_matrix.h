// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <array>
#include <optional>
#include <vector>

#include "gui/models/filter/site_filter.h"

namespace heaptap::gui {

/// Blocks and their bytes; estimates in a sampled session.
struct BlockSum {
  quint64 blocks = 0;
  quint64 bytes = 0;
  double blocksVariance = 0;  ///< Of an estimate; 0: it is exact, or how exact is not known.
  double bytesVariance = 0;

  BlockSum& operator+=(const BlockSum& other) {
    blocks += other.blocks;
    bytes += other.bytes;
    blocksVariance += other.blocksVariance;
    bytesVariance += other.bytesVariance;
    return *this;
  }
  bool operator==(const BlockSum&) const = default;
};

/// Which threads have freed what which threads have allocated, in some time: a row for each that allocated, a
/// column for each that freed, those with the most bytes first.
struct ThreadMatrix {
  /// A row or a column.
  struct Line {
    QString name;
    BlockSum sum;
    bool operator==(const Line&) const = default;
  };
  std::vector<Line>
      allocated;            ///< One may stand for what was allocated before the time, by whom is not known.
  std::vector<Line> freed;  ///< The last one is what was not freed.
  std::vector<BlockSum> cells;  ///< By row, then by column.
  bool areEstimates = false;
  quint64 knownFromNs = 0;  ///< Of the time that was asked for, what is known.
  quint64 knownUntilNs = 0;

  [[nodiscard]] const BlockSum& cell(std::size_t row, std::size_t column) const {
    return cells[row * freed.size() + column];
  }
};

/// Of which time, and of which call sites.
struct ThreadWish {
  std::optional<quint64> fromNs = {};  ///< None: from the beginning.
  std::optional<quint64> toNs = {};    ///< None: to now, or the end.
  SiteFilter filter = {};              ///< Terms on lifetimes and threads are not looked at.
  quint64 turn = 0;                    ///< Another number: the same again, as it is now.

  bool operator==(const ThreadWish&) const = default;
};

/// What is counted between two threads, as it comes. None: allocated before the time; not freed in it.
struct ThreadFlow {
  std::optional<quint32> allocatedBy;
  std::optional<quint32> freedBy;
  BlockSum sum;
};

/// Puts flows in rows and columns. `nameOf(thread)`: how it is called.
/// At most so many threads have rows and columns of their own; the others share one.
inline constexpr std::size_t kMostThreadLines = 100;
[[nodiscard]] ThreadMatrix threadMatrixOf(const std::vector<ThreadFlow>& flows,
                                          const std::vector<QString>& names);

}  // namespace heaptap::gui
