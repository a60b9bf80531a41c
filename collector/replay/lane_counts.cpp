// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/lane_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace heaptap::replay {
namespace {

/// For each lane that is wanted, so many stay when there is no room for all.
constexpr std::size_t kKeptForEach = 4;

}  // namespace

LaneCounts::LaneCounts(std::size_t threads, std::size_t steps, std::uint32_t lanes, std::size_t mostEntries)
    : m_lanesWanted(std::min(lanes, model::SeriesQuery::kMostLanes)),
      m_mostEntries(std::max(mostEntries, kKeptForEach * m_lanesWanted * steps + 1)),
      m_laneOf(threads, kNone),
      m_rest(steps) {}

void LaneCounts::add(model::ThreadIndex thread, std::uint32_t step, const model::Pair& pair,
                     std::uint64_t count) {
  const Sum sum{.allocations = pair.weight() * static_cast<double>(count), .bytes = pair.bytes() * count};
  std::uint32_t& at = m_laneOf[index(thread)];
  if (at == kNone) {
    m_lanes.push_back({.thread = static_cast<std::uint32_t>(index(thread))});
    at = static_cast<std::uint32_t>(m_lanes.size());
  }
  if (at == kRest) return m_rest[step].add(sum);
  Lane& lane = m_lanes[at - 1];
  lane.allocations += sum.allocations;
  if (!lane.entries.empty() && lane.entries.back().step == step) return lane.entries.back().sum.add(sum);
  lane.entries.push_back({.step = step, .sum = sum});
  if (++m_entries > m_mostEntries) giveUpSmall();
}

std::vector<std::size_t> LaneCounts::byAllocations() const {
  std::vector<std::size_t> order(m_lanes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    if (m_lanes[a].allocations != m_lanes[b].allocations)
      return m_lanes[a].allocations > m_lanes[b].allocations;
    return m_lanes[a].thread < m_lanes[b].thread;
  });
  return order;
}

void LaneCounts::giveUpSmall() {
  const std::vector<std::size_t> order = byAllocations();
  const std::size_t kept = std::min(order.size(), kKeptForEach * m_lanesWanted);
  std::vector<Lane> lanes;
  lanes.reserve(kept);
  m_entries = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    Lane& lane = m_lanes[order[i]];
    if (i < kept) {
      m_entries += lane.entries.size();
      lanes.push_back(std::move(lane));
      m_laneOf[lanes.back().thread] = static_cast<std::uint32_t>(lanes.size());
      continue;
    }
    for (const Entry& entry : lane.entries) m_rest[entry.step].add(entry.sum);
    m_laneOf[lane.thread] = kRest;
    ++m_restThreads;
  }
  m_lanes = std::move(lanes);
}

model::SeriesLane LaneCounts::laneOf(const std::vector<Sum>& sums,
                                     const std::vector<model::SeriesStep>& known) {
  model::SeriesLane lane;
  lane.allocations.reserve(known.size());
  lane.bytes.reserve(known.size());
  for (const model::SeriesStep& step : known) {
    const Sum& sum = sums[step.step];
    lane.allocations.push_back(static_cast<std::uint64_t>(std::llround(sum.allocations)));
    lane.bytes.push_back(sum.bytes);
  }
  return lane;
}

std::vector<model::SeriesLane> LaneCounts::lanes(const std::vector<model::SeriesStep>& known) const {
  std::vector<model::SeriesLane> found;
  std::vector<Sum> rest = m_rest;
  std::uint64_t restThreads = m_restThreads;
  for (const std::size_t at : byAllocations()) {
    const Lane& lane = m_lanes[at];
    if (found.size() == m_lanesWanted) {
      for (const Entry& entry : lane.entries) rest[entry.step].add(entry.sum);
      ++restThreads;
      continue;
    }
    std::vector<Sum> sums(m_rest.size());
    for (const Entry& entry : lane.entries) sums[entry.step] = entry.sum;
    found.push_back(laneOf(sums, known));
    found.back().thread = static_cast<model::ThreadIndex>(lane.thread);
  }
  if (restThreads == 0) return found;
  found.push_back(laneOf(rest, known));
  found.back().threads = restThreads;
  return found;
}

}  // namespace heaptap::replay
