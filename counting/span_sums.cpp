// SPDX-License-Identifier: Apache-2.0
#include "counting/span_sums.h"

#include <algorithm>
#include <utility>

namespace heaptap::counting {
namespace {

using Allocators = std::vector<SpanSums::Allocator>;

/// Adds up the threads that have allocated blocks of one pair, of which each of the two has so many from a
/// position on.
std::uint32_t addAllocators(const Allocators& a, std::size_t atA, std::size_t countA, const Allocators& b,
                            std::size_t atB, std::size_t countB, Allocators& sum) {
  const std::size_t before = sum.size();
  const std::size_t endA = atA + countA;
  const std::size_t endB = atB + countB;
  while (atA < endA || atB < endB) {
    if (atB == endB || (atA < endA && a[atA].thread < b[atB].thread)) {
      sum.push_back(a[atA++]);
    } else if (atA == endA || b[atB].thread < a[atA].thread) {
      sum.push_back(b[atB++]);
    } else {
      sum.push_back({.thread = a[atA].thread, .allocations = a[atA].allocations + b[atB].allocations});
      ++atA;
      ++atB;
    }
  }
  return static_cast<std::uint32_t>(sum.size() - before);
}

/// Numbers rise: the later one of two is the last.
void addLast(std::vector<BatchSums::LastAllocation>& threads,
             const std::vector<BatchSums::LastAllocation>& next) {
  std::vector<BatchSums::LastAllocation> sum;
  sum.reserve(threads.size() + next.size());
  auto a = threads.begin();
  for (const BatchSums::LastAllocation& last : next) {
    while (a != threads.end() && a->thread < last.thread) sum.push_back(*a++);
    if (a != threads.end() && a->thread == last.thread) ++a;
    sum.push_back(last);
  }
  sum.insert(sum.end(), a, threads.end());
  threads.swap(sum);
}

}  // namespace

SpanSums SpanSums::of(const BatchSums& sums) {
  SpanSums span;
  span.pairs.reserve(sums.pairs.size());
  span.allocators.reserve(sums.allocators.size());
  auto allocator = sums.allocators.begin();
  for (const BatchSums::OfPair& of : sums.pairs) {
    OfPair& pair =
        span.pairs.emplace_back(OfPair{.pair = of.pair, .frees = of.frees, .temporaries = of.temporaries});
    for (; allocator != sums.allocators.end() && allocator->pair == of.pair; ++allocator) {
      span.allocators.push_back({.thread = allocator->thread, .allocations = allocator->allocations});
      ++pair.threads;
    }
  }
  span.threads = sums.threads;
  return span;
}

void SpanSums::add(const SpanSums& next) {
  SpanSums sum;
  sum.pairs.reserve(pairs.size() + next.pairs.size());
  sum.allocators.reserve(allocators.size() + next.allocators.size());
  std::size_t a = 0, b = 0, atA = 0, atB = 0;
  while (a < pairs.size() || b < next.pairs.size()) {
    const bool hasA = a < pairs.size() && (b == next.pairs.size() || pairs[a].pair <= next.pairs[b].pair);
    const bool hasB = b < next.pairs.size() && (a == pairs.size() || next.pairs[b].pair <= pairs[a].pair);
    const OfPair none;
    const OfPair& ofA = hasA ? pairs[a] : none;
    const OfPair& ofB = hasB ? next.pairs[b] : none;
    const std::uint32_t threadsOf =
        addAllocators(allocators, atA, ofA.threads, next.allocators, atB, ofB.threads, sum.allocators);
    sum.pairs.push_back({.pair = hasA ? ofA.pair : ofB.pair,
                         .threads = threadsOf,
                         .frees = ofA.frees + ofB.frees,
                         .temporaries = ofA.temporaries + ofB.temporaries});
    atA += ofA.threads;
    atB += ofB.threads;
    a += hasA ? 1 : 0;
    b += hasB ? 1 : 0;
  }
  pairs.swap(sum.pairs);
  allocators.swap(sum.allocators);
  addLast(threads, next.threads);
}

}  // namespace heaptap::counting
