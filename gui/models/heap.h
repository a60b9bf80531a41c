// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace heaptap::gui {

/// A heap other than malloc's: the process's mappings, or an allocator that the program has named.
struct Heap {
  quint32 id = 0;
  QString name;
  quint64 allocations = 0;
  quint64 frees = 0;
  quint64 allocatedBytes = 0;
  quint64 liveBlocks = 0;
  quint64 liveBytes = 0;
  quint64 peakBytes = 0;
  quint64 peakAtNs = 0;  ///< Since the session's start.

  bool operator==(const Heap&) const = default;
};

using Heaps = std::vector<Heap>;

}  // namespace heaptap::gui
