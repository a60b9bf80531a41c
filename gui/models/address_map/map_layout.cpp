// SPDX-License-Identifier: Apache-2.0
#include "gui/models/address_map/map_layout.h"

#include <algorithm>
#include <utility>

namespace heaptap::gui {
namespace {

/// A block that would fill more rows than these is folded in its middle.
constexpr quint64 kRowsOfARun = 4;

class Rows {
 public:
  explicit Rows(std::size_t columns) : m_columns(std::max<std::size_t>(columns, 1)) {}

  void add(const MapCell& cell, std::size_t position) {
    if (m_next && cell.firstCell / m_columns > (*m_next - 1) / m_columns + 1)
      m_rows.push_back({.kind = MapRow::Kind::Gap,
                        .firstCell = *m_next,
                        .cells = cell.firstCell - *m_next,
                        .first = position,
                        .end = position});
    if (cell.cells > kRowsOfARun * m_columns) {
      const quint64 begin = (cell.firstCell / m_columns + 1) * m_columns;
      const quint64 end = (cell.end() - 1) / m_columns * m_columns;
      place(cell.firstCell, begin, position);
      m_rows.push_back({.kind = MapRow::Kind::Run,
                        .firstCell = begin,
                        .cells = end - begin,
                        .first = position,
                        .end = position + 1});
      place(end, cell.end(), position);
    } else {
      place(cell.firstCell, cell.end(), position);
    }
    m_next = cell.end();
  }
  std::vector<MapRow> take() { return std::move(m_rows); }

 private:
  void place(quint64 from, quint64 end, std::size_t position) {
    for (quint64 row = from / m_columns; row <= (end - 1) / m_columns; ++row) {
      const bool isSame = !m_rows.empty() && m_rows.back().kind == MapRow::Kind::Cells &&
                          m_rows.back().firstCell == row * m_columns;
      if (!isSame)
        m_rows.push_back({.kind = MapRow::Kind::Cells,
                          .firstCell = row * m_columns,
                          .cells = m_columns,
                          .first = position,
                          .end = position});
      m_rows.back().end = position + 1;
    }
  }

  quint64 m_columns;
  std::optional<quint64> m_next;  ///< Behind the cells so far.
  std::vector<MapRow> m_rows;
};

}  // namespace

std::vector<MapRow> mapRows(const AddressMap& map, std::size_t columns) {
  Rows rows(columns);
  for (std::size_t i = 0; i < map.cells.size(); ++i) rows.add(map.cells[i], i);
  return rows.take();
}

std::optional<std::size_t> mapCellAt(const AddressMap& map, quint64 cell) {
  const auto after = std::upper_bound(map.cells.begin(), map.cells.end(), cell,
                                      [](quint64 at, const MapCell& each) { return at < each.firstCell; });
  if (after == map.cells.begin() || (after - 1)->end() <= cell) return std::nullopt;
  return static_cast<std::size_t>(after - 1 - map.cells.begin());
}

}  // namespace heaptap::gui
