// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gui/models/address_map/address_map.h"

namespace heaptap::gui {

/// A row of a map: cells side by side, or something that is folded.
struct MapRow {
  enum class Kind : quint8 {
    Cells,  ///< From firstCell on, as many as a row has room for.
    Gap,    ///< Addresses without blocks: `cells` of them.
    Run,    ///< The middle of one large block: `cells` of it.
  };
  Kind kind = Kind::Cells;
  quint64 firstCell = 0;
  quint64 cells = 0;
  std::size_t first = 0;  ///< The first of AddressMap::cells that is in it, …
  std::size_t end = 0;    ///< … and where they end.

  bool operator==(const MapRow&) const = default;
};

/// The rows of a map, by address: gaps of whole rows and the middles of large blocks take one row each,
/// whatever their size. Rows of cells begin at multiples of `columns`, so that columns stay where they are
/// while one scrolls.
[[nodiscard]] std::vector<MapRow> mapRows(const AddressMap& map, std::size_t columns);

/// The position in AddressMap::cells of the one that has this cell; none: there is nothing.
[[nodiscard]] std::optional<std::size_t> mapCellAt(const AddressMap& map, quint64 cell);

}  // namespace heaptap::gui
