// SPDX-License-Identifier: Apache-2.0
#include "counting/batch_counter.h"

#include <algorithm>

#include "base/sample_weight.h"

namespace heaptap::counting {

void BatchCounter::addPair(const Pair& pair) {
  const bool isSampled = pair.weight != 0;
  if (isSampled && m_weights.empty()) m_weights.resize(m_pairs.size());
  if (isSampled || !m_weights.empty()) m_weights.push_back(pair.weight);
  m_pairs.push_back({.bytes = pair.bytes, .heap = pair.heap & 0x7FFF'FFFF, .isSampled = isSampled ? 1U : 0U});
  if (pair.heap >= m_heaps.size()) m_heaps.resize(pair.heap + 1);
}

BatchCounter::Slot& BatchCounter::newSlot(Known& known, std::uint32_t pair) {
  known.slot = static_cast<std::uint32_t>(m_slots.size());
  m_touchedPairs.mark(pair);
  return m_slots.emplace_back(Slot{.pair = pair});
}

void BatchCounter::countSample(std::uint32_t pair, std::uint64_t bytes, int change) {
  const double weight = m_weights[pair];
  if (change > 0) m_estimate.allocations += weight;
  m_estimate.liveBlocks += change * weight;
  // Not below zero, where sums of fractions may end.
  m_estimate.liveVariance =
      std::max(0.0, m_estimate.liveVariance + change * sampleByteVariance(bytes, weight));
}

const BatchSums& BatchCounter::finish() {
  m_sums.pairs.clear();
  m_touchedPairs.takeAll([this](std::uint32_t pair) {
    const Known& known = m_pairs[pair];
    const Slot& slot = m_slots[known.slot];
    const std::uint32_t epoch = m_heaps[known.heap].epoch;
    m_sums.pairs.push_back({.pair = pair,
                            .allocations = slot.allocations,
                            .frees = slot.frees,
                            .temporaries = slot.temporaries,
                            .isAtPeak = epoch != 0,
                            .atPeak = epoch == 0 ? 0 : (slot.savedEpoch == epoch ? slot.saved : slot.net())});
  });
  m_slots.clear();
  m_sums.peaks.clear();
  for (std::uint32_t heap = 0; heap < m_heaps.size(); ++heap) {
    if (m_heaps[heap].epoch != 0) m_sums.peaks.push_back({.heap = heap, .atNs = m_heaps[heap].peakAtNs});
    m_heaps[heap].epoch = 0;
  }
  m_sums.endNs = m_lastNs;
  m_sums.lifetimes = m_lifetimes;
  m_lifetimes.fill(0);
  m_timeline.widenFor(m_lastNs);
  m_timeline.moveTo(m_sums.timeline);
  m_sums.threads.clear();
  m_touchedThreads.takeAll([this](std::uint32_t thread) {
    m_threads[thread].isTouched = false;
    m_sums.threads.push_back({.thread = thread, .number = m_threads[thread].last});
  });
  takeFreeSites();
  if (!m_weights.empty()) m_sums.estimate = m_estimate;
  return m_sums;
}

void BatchCounter::takeFreeSites() {
  m_sums.freeSites.clear();
  std::sort(m_freeSites.begin(), m_freeSites.end());
  for (std::size_t i = 0; i < m_freeSites.size(); ++i) {
    if (i != 0 && m_freeSites[i] == m_freeSites[i - 1]) {
      ++m_sums.freeSites.back().frees;
      continue;
    }
    m_sums.freeSites.push_back({.pair = static_cast<std::uint32_t>(m_freeSites[i] >> 32),
                                .stack = static_cast<std::uint32_t>(m_freeSites[i]),
                                .frees = 1});
  }
  m_freeSites.clear();
}

}  // namespace heaptap::counting
