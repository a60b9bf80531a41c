// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/prefetch.h"
#include "counting/batch_sums.h"
#include "counting/ordered_marks.h"
#include "counting/timeline.h"

namespace heaptap::counting {

/// Counts the events of a session, a batch at a time: merged one after the other
/// (model::SessionModel::merge), what its batches add up to are the numbers that SessionModel::apply would
/// have counted of the single events.
///
/// Role:    the half of the counting that is done where events are made. Of the past it knows what a batch
///          needs: how large each heap is and was, and the last allocation of each thread.
/// Trust:   none of its own: pairs must be known, and a free must end a live block of its pair.
/// Threads: one at a time. No heap is used for an event, but for one with the stack of a free.
class BatchCounter {
 public:
  static constexpr std::uint32_t kMallocHeap = 0;

  /// What the blocks of a pair have in common.
  struct Pair {
    std::uint64_t bytes = 0;  ///< Of a block, or what a sampled one stands for.
    double weight = 0;        ///< Blocks that a sampled one stands for; 0: it is not sampled.
    std::uint32_t heap = kMallocHeap;
  };
  /// The next one: they are numbered from 0.
  void addPair(const Pair& pair);
  [[nodiscard]] std::size_t pairs() const { return m_pairs.size(); }

  struct Freed {
    std::uint64_t number = 0;  ///< Of the allocation that ends, counted from 0 over the session.
    std::uint32_t pair = 0;    ///< That allocation's.
    std::uint8_t lifetimeLog2 = 0;
    std::uint32_t stack = 0;                       ///< Of the free; 0: not recorded.
    std::optional<bool> temporary = std::nullopt;  ///< As the target says, where allocations are sampled.
  };
  /// Times never go back.
  void allocation(std::uint64_t atNs, std::uint32_t thread, std::uint32_t pair);
  void free(std::uint64_t atNs, std::uint32_t thread, const Freed& freed);
  /// Fetches from memory what these will need of a pair.
  void prefetch(std::uint32_t pair) const { prefetchToWrite(&m_pairs[pair]); }

  /// Ends the batch. What it returns stays until the next one is ended.
  /// Precondition: there was an event.
  const BatchSums& finish();

 private:
  struct Known {
    std::uint64_t bytes = 0;
    std::uint32_t slot = 0;  ///< In m_slots, if that one is the pair's.
    std::uint32_t heap : 31 = 0;
    std::uint32_t isSampled : 1 = 0;
  };
  static_assert(sizeof(Known) == 16);
  /// What a pair has counted in this batch.
  struct Slot {
    std::uint32_t pair = 0;
    std::uint32_t allocations = 0;
    std::uint32_t frees = 0;
    std::uint32_t temporaries = 0;
    std::uint32_t savedEpoch = 0;  ///< The newest peak of the heap, in this batch, that the pair has seen …
    std::int32_t saved = 0;        ///< … and what was to be counted of it then.
    /// Position + 1 in m_allocators of the thread that allocated last, and of the first one. 0: none has.
    std::uint32_t allocator = 0;
    std::uint32_t firstAllocator = 0;

    [[nodiscard]] std::int32_t net() const { return static_cast<std::int32_t>(allocations - frees); }
    /// Must come before any change: with it, a new peak costs O(1).
    void keepPeak(std::uint32_t epoch) {
      if (savedEpoch == epoch) return;
      savedEpoch = epoch;
      saved = net();
    }
  };
  /// What one thread has allocated of a pair in this batch.
  struct Allocator {
    std::uint32_t pair = 0;
    std::uint32_t thread = 0;
    std::uint32_t allocations = 0;
    std::uint32_t next = 0;  ///< Position + 1 of the pair's next one; 0: none.
  };
  struct Heap {
    std::uint64_t liveBytes = 0;
    std::uint64_t peakBytes = 0;
    std::uint64_t peakAtNs = 0;
    std::uint32_t epoch = 0;  ///< How often the peak has risen in this batch.

    /// True: it is a new peak.
    bool add(std::uint64_t bytes, std::uint64_t atNs) {
      liveBytes += bytes;
      if (liveBytes <= peakBytes) return false;
      peakBytes = liveBytes;
      peakAtNs = atNs;
      ++epoch;
      return true;
    }
  };
  struct Thread {
    std::uint64_t last = ~std::uint64_t{0};  ///< Allocation of malloc's heap; all ones: none yet.
    bool isTouched = false;
  };

  Slot& slotOf(Known& known, std::uint32_t pair) {
    if (known.slot < m_slots.size() && m_slots[known.slot].pair == pair) [[likely]]
      return m_slots[known.slot];
    return newSlot(known, pair);
  }
  Slot& newSlot(Known& known, std::uint32_t pair);
  Thread& threadAt(std::uint32_t index) {
    if (index >= m_threads.size()) [[unlikely]]
      m_threads.resize(index + 1);
    return m_threads[index];
  }
  /// Whole blocks that one stands for, together with what is left of those before.
  std::uint64_t whole(const Known& known, std::uint32_t pair, double& rest) const;
  /// `change`: 1 for an allocation, -1 for a free.
  void countSample(std::uint32_t pair, std::uint64_t bytes, int change);
  [[nodiscard]] Timeline::Live liveNow() const {
    return {m_heaps[kMallocHeap].liveBytes, m_estimate.liveVariance};
  }
  void takeFreeSites();
  void countAllocator(Slot& slot, std::uint32_t thread) {
    if (slot.allocator != 0) {
      Allocator& last = m_allocators[slot.allocator - 1];
      if (last.thread == thread) [[likely]] {
        ++last.allocations;
        return;
      }
    }
    changeAllocator(slot, thread);
  }
  void changeAllocator(Slot& slot, std::uint32_t thread);
  std::uint32_t& allocatorPlace(std::uint32_t pair, std::uint32_t thread);
  void addToAllocatorTable(std::uint32_t position);
  void takeAllocators(const Slot& slot);

  std::vector<Known> m_pairs;
  std::vector<double> m_weights;  ///< By pair; empty while none is sampled.
  std::vector<Heap> m_heaps{1};
  std::vector<Thread> m_threads;
  std::uint64_t m_numbered = 0;
  std::uint64_t m_lastNs = 0;
  BatchSums::Estimate m_estimate;
  Timeline m_timeline = Timeline::part();

  // Of this batch.
  std::array<std::uint64_t, 64> m_lifetimes{};
  std::vector<Slot> m_slots;
  OrderedMarks m_touchedPairs;
  OrderedMarks m_touchedThreads;
  std::vector<Allocator> m_allocators;
  /// Where those of pairs with many threads are, by pair and thread: position + 1, 0 is empty. Of a power of
  /// two, at most half.
  std::vector<std::uint32_t> m_allocatorTable;
  std::size_t m_inAllocatorTable = 0;
  std::vector<std::uint64_t> m_freeSites;  ///< pair:32 | stack:32, one for each free.
  BatchSums m_sums;                        ///< Of the one before.
};

inline std::uint64_t BatchCounter::whole(const Known& known, std::uint32_t pair, double& rest) const {
  if (known.isSampled == 0) return 1;
  rest += m_weights[pair];
  const auto count = static_cast<std::uint64_t>(rest);
  rest -= static_cast<double>(count);
  return count;
}

inline void BatchCounter::allocation(std::uint64_t atNs, std::uint32_t thread, std::uint32_t pair) {
  Known& known = m_pairs[pair];
  Slot& slot = slotOf(known, pair);
  Heap& heap = m_heaps[known.heap];
  slot.keepPeak(heap.epoch);
  ++slot.allocations;
  countAllocator(slot, thread);
  const std::uint64_t number = m_numbered++;
  m_lastNs = atNs;
  if (known.heap != kMallocHeap) [[unlikely]] {
    heap.add(known.bytes, atNs);
    return;
  }
  Thread& by = threadAt(thread);
  by.last = number;
  if (!by.isTouched) [[unlikely]] {
    by.isTouched = true;
    m_touchedThreads.mark(thread);
  }
  if (known.isSampled != 0) [[unlikely]]
    countSample(pair, known.bytes, 1);
  if (heap.add(known.bytes, atNs)) m_estimate.peakVariance = m_estimate.liveVariance;
  m_timeline.allocation(atNs, liveNow(), whole(known, pair, m_estimate.allocationRest));
}

inline void BatchCounter::free(std::uint64_t atNs, std::uint32_t thread, const Freed& freed) {
  Known& known = m_pairs[freed.pair];
  Slot& slot = slotOf(known, freed.pair);
  Heap& heap = m_heaps[known.heap];
  slot.keepPeak(heap.epoch);
  ++slot.frees;
  heap.liveBytes -= known.bytes;
  m_lastNs = atNs;
  if (freed.stack != 0) [[unlikely]]
    m_freeSites.push_back(std::uint64_t{freed.pair} << 32 | freed.stack);
  if (known.heap != kMallocHeap) [[unlikely]]
    return;
  if (known.isSampled != 0) [[unlikely]]
    countSample(freed.pair, known.bytes, -1);
  slot.temporaries += freed.temporary ? *freed.temporary : threadAt(thread).last == freed.number;
  const std::uint64_t count = whole(known, freed.pair, m_estimate.freeRest);
  m_lifetimes[freed.lifetimeLog2] += count;
  m_timeline.free(atNs, liveNow(), count);
}

}  // namespace heaptap::counting
