// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "gui/models/address_map/address_map.h"

namespace heaptap::gui {

/// A live block on its way into a map.
struct MapBlock {
  quint64 address = 0;
  quint64 size = 0;
  quint64 ageNs = 0;
  quint32 function = 0;  ///< Positions among the owners of the map.
  quint32 thread = 0;
  SiteNumbers::Key site = {};
};

/// Adds up blocks that come by address, one after the other: what it keeps is as much as there are cells,
/// and those become larger before they are too many. Pages are counted one by one nevertheless.
/// Threads: one at a time.
class MapBuilder {
 public:
  /// `mostCells`: at least 2.
  explicit MapBuilder(std::size_t mostCells = kMostCells) : m_mostCells(mostCells) {}

  /// Precondition: no block that came before has a higher address.
  void add(const MapBlock& block);
  /// Cells, pages, keepers by site, sums; names are the caller's to fill in.
  [[nodiscard]] AddressMap finish();

  static constexpr std::size_t kMostCells = 1U << 18;

 private:
  /// The cell, or the page, at which blocks still arrive.
  struct Open {
    quint64 at = 0;
    MapCell cell;
    std::vector<std::pair<quint32, quint64>> byFunction = {};
    std::vector<std::pair<quint32, quint64>> byThread = {};
  };
  struct OpenPage {
    quint64 page = 0;
    quint64 blocks = 0;
    quint64 bytes = 0;     ///< Of its first block, on it.
    bool isSmall = false;  ///< That block is.
    SiteNumbers::Key site = {};
  };
  void countPages(const MapBlock& block);
  void closePage();
  void addToCells(const MapBlock& block);
  void addTo(quint64 address, quint64 bytes, const MapBlock& block);
  void closeCell();
  void push(const MapCell& cell);
  void coarsen();

  std::size_t m_mostCells;
  AddressMap m_map;
  std::optional<Open> m_cell;
  std::optional<OpenPage> m_page;
  quint64 m_nextPage = 0;        ///< Pages before are counted.
  std::optional<quint64> m_end;  ///< Of the blocks so far.
  std::map<SiteNumbers::Key, PageKeeper> m_keepers;
};

/// Two cells of half the size as one.
[[nodiscard]] std::vector<MapCell> coarser(const std::vector<MapCell>& cells);

}  // namespace heaptap::gui
