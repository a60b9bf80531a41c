// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/thread_pairs.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace heaptap::replay {
namespace {

std::optional<model::ThreadIndex> threadOf(ThreadPairs::Side side) {
  if (side == 0) return std::nullopt;
  return static_cast<model::ThreadIndex>(side - 1);
}

}  // namespace

ThreadPairs::ThreadPairs(std::size_t groups, std::size_t threads) : m_sides(threads + 1) {
  constexpr std::size_t kMostInTable = 1U << 16;
  if (m_sides <= kMostInTable && groups <= kMostInTable && m_sides * m_sides <= kMostInTable / groups)
    m_all.resize(groups * m_sides * m_sides);
}

ThreadPairs::Cell* ThreadPairs::cellAt(const Key& key) {
  if (!m_all.empty()) return &m_all[(key[0] * m_sides + key[1]) * m_sides + key[2]];
  const auto found = m_some.find(key);
  if (found != m_some.end()) return &found->second;
  return m_some.size() < kMostCells ? &m_some[key] : nullptr;
}

bool ThreadPairs::add(std::uint32_t group, Side allocatedBy, Side freedBy, const model::Pair& pair) {
  Cell* cell = cellAt({group, allocatedBy, freedBy});
  if (cell == nullptr) return false;
  ++cell->recorded;
  cell->bytes += pair.bytes();
  if (pair.sampleInterval == 0) {
    ++cell->exact;
    return true;
  }
  const double weight = pair.weight();
  cell->blocks += weight;
  cell->blocksVariance += sampleVariance(weight);
  cell->bytesVariance += sampleByteVariance(pair.bytes(), weight);
  return true;
}

bool ThreadPairs::remove(std::uint32_t group, Side allocatedBy, Side freedBy, const model::Pair& pair) {
  Cell* cell = cellAt({group, allocatedBy, freedBy});
  if (cell == nullptr || cell->recorded == 0 || cell->bytes < pair.bytes()) return false;
  const bool isSampled = pair.sampleInterval != 0;
  if (!isSampled && cell->exact == 0) return false;
  --cell->recorded;
  cell->bytes -= pair.bytes();
  if (!isSampled) {
    --cell->exact;
    return true;
  }
  // Sums of fractions: nothing is left of them where no block is.
  const bool isLast = cell->recorded == cell->exact;
  const double weight = pair.weight();
  const auto takeBack = [&](double& sum, double part) { sum = isLast ? 0 : std::max(0.0, sum - part); };
  takeBack(cell->blocks, weight);
  takeBack(cell->blocksVariance, sampleVariance(weight));
  takeBack(cell->bytesVariance, sampleByteVariance(pair.bytes(), weight));
  return true;
}

std::vector<model::ThreadCell> ThreadPairs::cells() const {
  std::vector<model::ThreadCell> cells;
  const auto note = [&](std::size_t group, std::size_t allocatedBy, std::size_t freedBy, const Cell& cell) {
    if (cell.recorded == 0) return;
    cells.push_back({.group = static_cast<std::uint32_t>(group),
                     .allocatedBy = threadOf(static_cast<Side>(allocatedBy)),
                     .freedBy = threadOf(static_cast<Side>(freedBy)),
                     .blocks = cell.exact + static_cast<std::uint64_t>(std::llround(cell.blocks)),
                     .bytes = cell.bytes,
                     .blocksVariance = cell.blocksVariance,
                     .bytesVariance = cell.bytesVariance});
  };
  for (std::size_t i = 0; i < m_all.size(); ++i)
    note(i / m_sides / m_sides, i / m_sides % m_sides, i % m_sides, m_all[i]);
  for (const auto& [key, cell] : m_some) note(key[0], key[1], key[2], cell);
  std::sort(cells.begin(), cells.end(), [](const model::ThreadCell& a, const model::ThreadCell& b) {
    return std::tie(a.group, a.allocatedBy, a.freedBy) < std::tie(b.group, b.allocatedBy, b.freedBy);
  });
  return cells;
}

}  // namespace heaptap::replay
