// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/sums_reader.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <initializer_list>
#include <string>

#include "collector/ingest/ascending_ids.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

using counting::BatchSums;

tl::unexpected<Error> damagedSums(std::string what) { return corrupt("sums of a batch", std::move(what)); }

bool haveLength(int length, std::initializer_list<int> others) {
  for (const int other : others)
    if (other != length) return false;
  return true;
}

Result<void> readPairs(const v1::CountedBatch& batch, const model::SessionModel& model, BatchSums& sums) {
  const v1::BatchSums& message = batch.sums();
  const int count = message.pair_size();
  const bool hasTemporaries = message.pair_temporaries_size() != 0;
  if (!haveLength(count, {message.pair_allocations_size(), message.pair_frees_size()}) ||
      (hasTemporaries && message.pair_temporaries_size() != count))
    return damagedSums("the columns of the pairs differ in length");
  AscendingIds heaps(model.heaps());
  if (message.peak_heap_size() != message.peak_at_ns_size())
    return damagedSums("the columns of the peaks differ in length");
  std::vector<bool> hasPeak(model.heaps());
  for (int i = 0; i < message.peak_heap_size(); ++i) {
    std::uint64_t heap = 0;
    if (!heaps.next(message.peak_heap(i), heap)) return damagedSums("a peak of a heap that is not defined");
    if (message.peak_at_ns(i) < batch.base_time_ns() || message.peak_at_ns(i) > batch.end_time_ns())
      return damagedSums("a peak outside of the batch");
    hasPeak[heap] = true;
    sums.peaks.push_back({.heap = static_cast<std::uint32_t>(heap), .atNs = message.peak_at_ns(i)});
  }
  AscendingIds pairs(model.pairs());
  std::uint64_t events = 0;
  int atPeak = 0;
  sums.pairs.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    std::uint64_t id = 0;
    if (!pairs.next(message.pair(i), id)) return damagedSums("a pair that is not defined, or comes twice");
    BatchSums::OfPair of{.pair = static_cast<std::uint32_t>(id),
                         .allocations = message.pair_allocations(i),
                         .frees = message.pair_frees(i),
                         .temporaries = hasTemporaries ? message.pair_temporaries(i) : 0};
    const std::size_t heap = index(model.heap(static_cast<model::PairId>(id)));
    if (of.temporaries > (heap == index(model::kMallocHeap) ? of.frees : 0))
      return damagedSums("more temporary blocks than were freed");
    if (hasPeak[heap]) {
      of.isAtPeak = true;
      if (atPeak == message.pair_at_peak_size()) return damagedSums("pair_at_peak is too short");
      of.atPeak = message.pair_at_peak(atPeak++);
      if (of.atPeak > std::int64_t{of.allocations} || of.atPeak < -std::int64_t{of.frees})
        return damagedSums("a pair had more events before the peak than in all");
    }
    if (of.allocations == 0 && of.frees == 0) return damagedSums("a pair without an event");
    events += std::uint64_t{of.allocations} + of.frees;
    sums.pairs.push_back(of);
  }
  if (atPeak != message.pair_at_peak_size()) return damagedSums("pair_at_peak is too long");
  if (events != batch.events())
    return damagedSums("the pairs have " + std::to_string(events) + " events, the batch " +
                       std::to_string(batch.events()));
  return {};
}

Result<void> readLifetimes(const v1::BatchSums& message, BatchSums& sums) {
  if (message.lifetime_log2_size() != message.lifetime_frees_size())
    return damagedSums("the columns of the lifetimes differ in length");
  AscendingIds lifetimes(kMaxLifetimeLog2 + 1);
  for (int i = 0; i < message.lifetime_log2_size(); ++i) {
    std::uint64_t log2 = 0;
    if (!lifetimes.next(message.lifetime_log2(i), log2))
      return damagedSums("a lifetime that comes twice, or above 2^63 ns");
    sums.lifetimes[log2] = message.lifetime_frees(i);
  }
  return {};
}

bool isVariance(double value) { return std::isfinite(value) && value >= 0; }

Result<void> readBuckets(const v1::CountedBatch& batch, const model::SessionModel& model, BatchSums& sums) {
  const v1::BatchSums& message = batch.sums();
  const int count = message.bucket_size();
  const bool isEstimate = message.bucket_variance_size() != 0;
  if (!haveLength(count, {message.bucket_allocations_size(), message.bucket_frees_size(),
                          message.bucket_max_live_size(), message.bucket_live_size()}) ||
      (isEstimate && message.bucket_variance_size() != count))
    return damagedSums("the columns of the timeline differ in length");
  counting::Timeline& timeline = sums.timeline;
  timeline = counting::Timeline::part(model.timeline().bucketNs());
  timeline.widenFor(batch.end_time_ns());
  const std::uint64_t width = timeline.bucketNs();
  if (message.bucket_ns() != width)
    return damagedSums("stretches of the timeline are " + std::to_string(message.bucket_ns()) +
                       " ns long, expected " + std::to_string(width));
  AscendingIds buckets(batch.end_time_ns() / width + 1);
  for (int i = 0; i < count; ++i) {
    std::uint64_t number = 0;
    if (!buckets.next(message.bucket(i), number) || number < batch.base_time_ns() / width)
      return damagedSums("a stretch of the timeline that is not one of the batch, or comes twice");
    const double variance = isEstimate ? message.bucket_variance(i) : 0;
    if (!isVariance(variance)) return damagedSums("a variance that no estimate has");
    timeline.add(number, {.maxLiveBytes = message.bucket_max_live(i),
                          .liveBytes = message.bucket_live(i),
                          .allocations = message.bucket_allocations(i),
                          .frees = message.bucket_frees(i),
                          .liveVariance = variance});
  }
  return {};
}

Result<void> readThreads(const v1::CountedBatch& batch, const model::SessionModel& model, BatchSums& sums) {
  const v1::BatchSums& message = batch.sums();
  if (message.thread_size() != message.thread_last_allocation_size())
    return damagedSums("the columns of the threads differ in length");
  std::uint64_t allocations = 0;
  for (const BatchSums::OfPair& of : sums.pairs) allocations += of.allocations;
  AscendingIds threads(model.threads());
  for (int i = 0; i < message.thread_size(); ++i) {
    std::uint64_t thread = 0;
    if (!threads.next(message.thread(i), thread))
      return damagedSums("a thread that is not defined, or comes twice");
    if (message.thread_last_allocation(i) >= allocations)
      return damagedSums("a thread's last allocation was never made");
    sums.threads.push_back({.thread = static_cast<std::uint32_t>(thread),
                            .number = batch.first_allocation() + message.thread_last_allocation(i)});
  }
  return {};
}

/// Adds the threads that have allocated blocks of one pair.
class AllocatorColumns {
 public:
  AllocatorColumns(const v1::BatchSums& message, std::size_t threads, BatchSums& sums)
      : m_message(message), m_threads(threads), m_sums(sums) {}

  /// False: they are not there, not defined, or have allocated another number of blocks.
  bool read(const BatchSums::OfPair& of, std::uint32_t count) {
    AscendingIds ids(m_threads);
    std::uint32_t left = of.allocations;
    if (count == 0 || count > left) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint64_t thread = 0;
      if (m_at == m_message.allocator_size() || !ids.next(m_message.allocator(m_at++), thread)) return false;
      std::uint32_t allocations = left;
      if (i + 1 < count) {
        if (m_atNumber == m_message.allocator_allocations_size()) return false;
        allocations = m_message.allocator_allocations(m_atNumber++);
        if (allocations == 0 || allocations >= left) return false;
      }
      left -= allocations;
      m_sums.allocators.push_back(
          {.pair = of.pair, .thread = static_cast<std::uint32_t>(thread), .allocations = allocations});
    }
    return true;
  }
  [[nodiscard]] bool isAtEnd() const {
    return m_at == m_message.allocator_size() && m_atNumber == m_message.allocator_allocations_size();
  }

 private:
  const v1::BatchSums& m_message;
  std::size_t m_threads;
  BatchSums& m_sums;
  int m_at = 0;
  int m_atNumber = 0;
};

Result<void> readAllocators(const v1::BatchSums& message, std::size_t threads, BatchSums& sums) {
  const bool hasCounts = message.allocator_threads_size() != 0;
  if (!hasCounts && message.allocator_size() == 0 && message.allocator_allocations_size() == 0) {
    sums.hasAllocators = std::all_of(sums.pairs.begin(), sums.pairs.end(),
                                     [](const BatchSums::OfPair& of) { return of.allocations == 0; });
    return {};
  }
  sums.hasAllocators = true;
  if (!hasCounts && (message.allocator_size() != 1 || message.allocator_allocations_size() != 0 ||
                     message.allocator(0) >= threads))
    return damagedSums("the threads that have allocated are not those of the pairs");
  AllocatorColumns columns(message, threads, sums);
  int at = 0;
  for (const BatchSums::OfPair& of : sums.pairs) {
    if (of.allocations == 0) continue;
    if (!hasCounts) {
      sums.allocators.push_back(
          {.pair = of.pair, .thread = message.allocator(0), .allocations = of.allocations});
      continue;
    }
    if (at == message.allocator_threads_size() || !columns.read(of, message.allocator_threads(at++)))
      return damagedSums("the threads that have allocated are not those of the pairs");
  }
  if (sums.allocators.empty() ||
      (hasCounts && (at != message.allocator_threads_size() || !columns.isAtEnd())))
    return damagedSums("more threads have allocated than pairs were");
  return {};
}

Result<void> readFreeSites(const v1::BatchSums& message, std::size_t stacks, BatchSums& sums) {
  const int count = message.free_site_pair_size();
  if (!haveLength(count, {message.free_site_stack_size(), message.free_site_frees_size()}))
    return damagedSums("the columns of the frees' stacks differ in length");
  auto of = sums.pairs.begin();
  std::uint64_t left = 0;
  std::uint64_t lastStack = 0;
  for (int i = 0; i < count; ++i) {
    const BatchSums::FreeSite site{.pair = message.free_site_pair(i),
                                   .stack = message.free_site_stack(i),
                                   .frees = message.free_site_frees(i)};
    if (sums.freeSites.empty() || sums.freeSites.back().pair != site.pair) {
      // Ascending, as the pairs are: so each is found by going on.
      while (of != sums.pairs.end() && of->pair < site.pair) ++of;
      if (of == sums.pairs.end() || of->pair != site.pair)
        return damagedSums("the stacks of frees are not those of its pairs");
      left = of->frees;
      lastStack = 0;
    }
    if (site.stack <= lastStack || site.stack >= stacks)
      return damagedSums("a stack of frees that is not defined, or comes twice");
    if (site.frees == 0 || site.frees > left) return damagedSums("more stacks of frees than frees");
    left -= site.frees;
    lastStack = site.stack;
    sums.freeSites.push_back(site);
  }
  return {};
}

Result<void> readEstimate(const v1::BatchSums& message, BatchSums& sums) {
  if (!message.has_estimate()) return {};
  const v1::BatchSums::Estimate& from = message.estimate();
  const auto isRest = [](double rest) { return rest >= 0 && rest < 1; };
  if (!std::isfinite(from.allocations()) || !std::isfinite(from.live_blocks()) ||
      !isVariance(from.live_variance()) || !isVariance(from.peak_variance()) ||
      !isRest(from.allocation_rest()) || !isRest(from.free_rest()))
    return damagedSums("an estimate that no samples give");
  sums.estimate = {.allocations = from.allocations(),
                   .liveBlocks = from.live_blocks(),
                   .liveVariance = from.live_variance(),
                   .peakVariance = from.peak_variance(),
                   .allocationRest = from.allocation_rest(),
                   .freeRest = from.free_rest()};
  return {};
}

}  // namespace

Result<BatchSums> readSums(const v1::CountedBatch& batch, std::size_t stacks,
                           const model::SessionModel& model) {
  BatchSums sums;
  sums.endNs = batch.end_time_ns();
  return readPairs(batch, model, sums)
      .and_then([&] { return readLifetimes(batch.sums(), sums); })
      .and_then([&] { return readBuckets(batch, model, sums); })
      .and_then([&] { return readThreads(batch, model, sums); })
      .and_then([&] { return readAllocators(batch.sums(), model.threads(), sums); })
      .and_then([&] { return readFreeSites(batch.sums(), stacks, sums); })
      .and_then([&] { return readEstimate(batch.sums(), sums); })
      .map([&] { return std::move(sums); });
}

}  // namespace heaptap::ingest
