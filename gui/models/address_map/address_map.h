// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "gui/models/filter/site_filter.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// Bytes of a page, the smallest one of Linux.
inline constexpr quint64 kPageBytes = 4'096;

/// A stretch of addresses with blocks in it: one cell of pages, or more where a single block covers them all.
struct MapCell {
  quint64 firstCell = 0;  ///< Its address by the bytes of a cell.
  quint64 cells = 1;
  quint64 bytes = 0;     ///< Of blocks, in it.
  quint32 blocks = 0;    ///< That have a byte in it.
  quint32 function = 0;  ///< That has most of the bytes, as a position in AddressMap::functions.
  quint32 thread = 0;    ///< Likewise, in AddressMap::threads.
  quint64 largest = 0;   ///< Size of the largest block.
  quint64 oldestNs = 0;  ///< Age of the oldest block.

  [[nodiscard]] quint64 end() const { return firstCell + cells; }
  bool operator==(const MapCell&) const = default;
};

/// What is told apart in a map, with what it has in all.
struct MapOwner {
  QString name;
  QString filter;  ///< The whole name of a function, for filters; of a thread, empty.
  quint64 bytes = 0;

  bool operator==(const MapOwner&) const = default;
};

/// A call site whose single small blocks keep pages that would be free without them.
struct PageKeeper {
  SiteNumbers::Key site;
  SiteLabel label;
  quint64 pages = 0;
  quint64 bytes = 0;  ///< Of its blocks on those pages.

  [[nodiscard]] quint64 keptBytes() const { return pages * kPageBytes; }
  bool operator==(const PageKeeper&) const = default;
};

/// Where the live blocks of malloc's heap are.
struct AddressMap {
  quint64 cellBytes = kPageBytes;  ///< More where there are too many pages: a power of two of them.
  std::vector<MapCell> cells;      ///< By address, apart from each other.
  std::vector<MapOwner> functions;
  std::vector<MapOwner> threads;
  std::vector<PageKeeper> keepers;  ///< Those that keep most first.

  quint64 atNs = 0;
  quint64 blocks = 0;
  quint64 bytes = 0;
  quint64 pages = 0;           ///< With a byte of a block.
  quint64 keptPages = 0;       ///< Kept by single small blocks.
  quint64 largestFreeRun = 0;  ///< Bytes between two blocks that are no farther apart than a fold.
  bool areSamples = false;     ///< Only some of the blocks were recorded.
  bool isPart = false;         ///< There are more blocks, at higher addresses.

  bool operator==(const AddressMap&) const = default;
};

/// A block that leaves more of a page than this unused keeps it, when it is alone there.
inline constexpr quint64 kMostOfAKeeper = kPageBytes / 4;
/// Addresses without blocks that are longer are no part of the heap: they are folded. (Arenas of glibc lie 64
/// MiB apart; what is between two of their blocks is mostly mapped.)
inline constexpr quint64 kFoldBytes = 1U << 20;

/// Which blocks.
struct MapWish {
  std::optional<quint64> atNs = {};    ///< None: now, or at the end.
  std::optional<quint64> fromNs = {};  ///< Only those that were allocated later.
  SiteFilter filter = {};
  quint64 turn = 0;                    ///< Another number: the same again, as it is now.

  bool operator==(const MapWish&) const = default;
};

}  // namespace heaptap::gui
