// SPDX-License-Identifier: Apache-2.0
#include "counting/batch_counter.h"

#include <algorithm>
#include <utility>

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
  m_sums.allocators.clear();
  m_sums.hasAllocators = true;
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
    takeAllocators(slot);
  });
  m_slots.clear();
  m_allocators.clear();
  if (std::exchange(m_inAllocatorTable, 0) != 0)
    std::fill(m_allocatorTable.begin(), m_allocatorTable.end(), 0);
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

std::uint32_t& BatchCounter::allocatorPlace(std::uint32_t pair, std::uint32_t thread) {
  const std::size_t mask = m_allocatorTable.size() - 1;
  const std::uint64_t hash = (std::uint64_t{pair} << 32 | thread) * 0x9E37'79B9'7F4A'7C15ULL;
  for (std::size_t at = hash >> 32;; ++at) {
    std::uint32_t& place = m_allocatorTable[at & mask];
    if (place == 0) return place;
    const Allocator& known = m_allocators[place - 1];
    if (known.pair == pair && known.thread == thread) return place;
  }
}

void BatchCounter::addToAllocatorTable(std::uint32_t position) {
  constexpr std::size_t kLeast = 256;
  if (2 * ++m_inAllocatorTable > m_allocatorTable.size()) {
    const std::vector<std::uint32_t> before = std::exchange(
        m_allocatorTable, std::vector<std::uint32_t>(std::max(kLeast, 2 * m_allocatorTable.size())));
    for (const std::uint32_t each : before)
      if (each != 0) allocatorPlace(m_allocators[each - 1].pair, m_allocators[each - 1].thread) = each;
  }
  const Allocator& added = m_allocators[position - 1];
  allocatorPlace(added.pair, added.thread) = position;
}

/// The thread is another one than the last one of this pair. Most pairs have one or a few.
void BatchCounter::changeAllocator(Slot& slot, std::uint32_t thread) {
  constexpr unsigned kFew = 8;
  unsigned seen = 0;
  std::uint32_t at = slot.firstAllocator;
  for (; at != 0 && seen < kFew; at = m_allocators[at - 1].next, ++seen)
    if (m_allocators[at - 1].thread == thread) break;
  const bool isMany = seen == kFew;
  if (isMany) {
    if (at == 0)
      for (std::uint32_t each = slot.firstAllocator; each != 0; each = m_allocators[each - 1].next)
        addToAllocatorTable(each);
    at = allocatorPlace(slot.pair, thread);
  }
  if (at == 0) {
    m_allocators.push_back({.pair = slot.pair, .thread = thread, .next = slot.firstAllocator});
    at = slot.firstAllocator = static_cast<std::uint32_t>(m_allocators.size());
    if (isMany) addToAllocatorTable(at);
  }
  slot.allocator = at;
  ++m_allocators[at - 1].allocations;
}

void BatchCounter::takeAllocators(const Slot& slot) {
  const auto first = static_cast<std::ptrdiff_t>(m_sums.allocators.size());
  for (std::uint32_t at = slot.firstAllocator; at != 0;) {
    const Allocator& each = m_allocators[at - 1];
    m_sums.allocators.push_back({.pair = each.pair, .thread = each.thread, .allocations = each.allocations});
    at = each.next;
  }
  std::sort(m_sums.allocators.begin() + first, m_sums.allocators.end(),
            [](const auto& a, const auto& b) { return a.thread < b.thread; });
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
