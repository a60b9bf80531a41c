// SPDX-License-Identifier: Apache-2.0
#include "gui/models/address_map/map_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace heaptap::gui {
namespace {

constexpr quint64 kLastAddress = std::numeric_limits<quint64>::max();

/// Where a block ends: one of no bytes takes one, and none goes beyond the last address.
quint64 endOf(const MapBlock& block) {
  const quint64 size = std::max<quint64>(block.size, 1);
  return block.address > kLastAddress - size ? kLastAddress : block.address + size;
}

quint32 mostOf(const std::vector<std::pair<quint32, quint64>>& sums) {
  return std::max_element(sums.begin(), sums.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

void addTo(std::vector<std::pair<quint32, quint64>>& sums, quint32 owner, quint64 bytes) {
  const auto found =
      std::find_if(sums.begin(), sums.end(), [owner](const auto& sum) { return sum.first == owner; });
  if (found == sums.end())
    sums.emplace_back(owner, bytes);
  else
    found->second += bytes;
}

/// `other` becomes part of `cell`; the owners are those of the one with more bytes.
void join(MapCell& cell, const MapCell& other) {
  if (other.bytes > cell.bytes) {
    cell.function = other.function;
    cell.thread = other.thread;
  }
  cell.bytes += other.bytes;
  cell.blocks += other.blocks;
  cell.largest = std::max(cell.largest, other.largest);
  cell.oldestNs = std::max(cell.oldestNs, other.oldestNs);
}

}  // namespace

std::vector<MapCell> coarser(const std::vector<MapCell>& cells) {
  std::vector<MapCell> joined;
  for (MapCell cell : cells) {
    const quint64 end = (cell.end() + 1) / 2;
    cell.firstCell /= 2;
    cell.cells = end - cell.firstCell;
    if (!joined.empty() && joined.back().end() > cell.firstCell) {
      MapCell& last = joined.back();
      join(last, cell);
      last.cells = std::max(last.end(), cell.end()) - last.firstCell;
    } else {
      joined.push_back(cell);
    }
  }
  return joined;
}

void MapBuilder::add(const MapBlock& block) {
  ++m_map.blocks;
  m_map.bytes += block.size;
  if (m_end && block.address > *m_end && block.address - *m_end <= kFoldBytes)
    m_map.largestFreeRun = std::max(m_map.largestFreeRun, block.address - *m_end);
  m_end = std::max(m_end.value_or(0), endOf(block));
  countPages(block);
  addToCells(block);
}

void MapBuilder::countPages(const MapBlock& block) {
  const quint64 end = endOf(block);
  const quint64 first = block.address / kPageBytes;
  const quint64 last = (end - 1) / kPageBytes;
  if (last >= m_nextPage) {
    m_map.pages += last - std::max(first, m_nextPage) + 1;
    m_nextPage = last + 1;
  }
  const bool isSmall = block.size <= kMostOfAKeeper;
  if (m_page && m_page->page == first) {
    ++m_page->blocks;
  } else {
    closePage();
    const quint64 onPage = first == last ? block.size : kPageBytes - block.address % kPageBytes;
    m_page = OpenPage{.page = first, .blocks = 1, .bytes = onPage, .isSmall = isSmall, .site = block.site};
  }
  if (last == first) return;
  closePage();
  m_page = OpenPage{
      .page = last, .blocks = 1, .bytes = end - last * kPageBytes, .isSmall = isSmall, .site = block.site};
}

void MapBuilder::closePage() {
  if (!m_page) return;
  if (m_page->blocks == 1 && m_page->isSmall) {
    PageKeeper& keeper = m_keepers.try_emplace(m_page->site).first->second;
    keeper.site = m_page->site;
    ++keeper.pages;
    keeper.bytes += m_page->bytes;
    ++m_map.keptPages;
  }
  m_page.reset();
}

/// Each step may make the cells larger: what follows is reckoned anew.
void MapBuilder::addToCells(const MapBlock& block) {
  const quint64 end = endOf(block);
  if (m_cell && m_cell->at != block.address / m_map.cellBytes) closeCell();
  const quint64 room = m_map.cellBytes - block.address % m_map.cellBytes;
  if (end - block.address <= room) return addTo(block.address, block.size, block);
  addTo(block.address, room, block);
  closeCell();
  const quint64 from = block.address + room;
  const quint64 cell = m_map.cellBytes;
  const quint64 whole = std::max(from, end - end % cell);
  if (whole > from)
    push({.firstCell = from / cell,
          .cells = whole / cell - from / cell,
          .bytes = whole - from,
          .blocks = 1,
          .function = block.function,
          .thread = block.thread,
          .largest = block.size,
          .oldestNs = block.ageNs});
  if (end > whole) addTo(whole, end - whole, block);
}

/// Precondition: no other cell is open.
void MapBuilder::addTo(quint64 address, quint64 bytes, const MapBlock& block) {
  if (!m_cell) m_cell = Open{.at = address / m_map.cellBytes, .cell = {}};
  MapCell& cell = m_cell->cell;
  cell.firstCell = m_cell->at;
  ++cell.blocks;
  cell.bytes += bytes;
  cell.largest = std::max(cell.largest, block.size);
  cell.oldestNs = std::max(cell.oldestNs, block.ageNs);
  gui::addTo(m_cell->byFunction, block.function, bytes);
  gui::addTo(m_cell->byThread, block.thread, bytes);
}

void MapBuilder::closeCell() {
  if (!m_cell) return;
  MapCell cell = m_cell->cell;
  cell.function = mostOf(m_cell->byFunction);
  cell.thread = mostOf(m_cell->byThread);
  m_cell.reset();
  push(cell);
}

void MapBuilder::push(const MapCell& cell) {
  std::vector<MapCell>& cells = m_map.cells;
  // Damaged sessions may say that blocks overlap.
  if (!cells.empty() && cells.back().end() > cell.firstCell) {
    join(cells.back(), cell);
    cells.back().cells = std::max(cells.back().end(), cell.end()) - cells.back().firstCell;
  } else {
    cells.push_back(cell);
  }
  if (cells.size() > m_mostCells) coarsen();
}

void MapBuilder::coarsen() {
  while (m_map.cells.size() > m_mostCells / 2) {
    m_map.cells = coarser(m_map.cells);
    m_map.cellBytes *= 2;
    if (m_map.cellBytes > kLastAddress / 4) return;
  }
}

AddressMap MapBuilder::finish() {
  closeCell();
  closePage();
  for (auto& [site, keeper] : m_keepers) m_map.keepers.push_back(std::move(keeper));
  std::stable_sort(m_map.keepers.begin(), m_map.keepers.end(),
                   [](const PageKeeper& a, const PageKeeper& b) { return a.pages > b.pages; });
  return std::move(m_map);
}

}  // namespace heaptap::gui
