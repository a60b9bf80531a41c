// SPDX-License-Identifier: Apache-2.0
#include "collector/query/site_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "collector/model/size_bucket.h"
#include "collector/model/slack.h"
#include "collector/query/stack_lines.h"

namespace heaptap::query {
namespace {

using Request = v1::GetSitesRequest;

/// The stacks that free a site's blocks: as many as people read.
constexpr std::size_t kFreeSitesOfASite = 5;

std::uint64_t keyOf(const SiteCounters& site, Request::Order order) {
  switch (order) {
    case Request::ORDER_LIVE_BYTES: return site.liveBytes;
    case Request::ORDER_ALLOCATIONS: return site.allocations;
    case Request::ORDER_TEMPORARIES: return site.temporaries;
    case Request::ORDER_ALLOCATED_BYTES: return site.allocatedBytes;
    default: return site.peakBytes;
  }
}

SiteCounters countersOf(const SiteCounters& site, const model::Estimates& estimates) {
  return {.stack = site.stack,
          .heap = site.heap,
          .allocations = estimates.allocated.blocks(),
          .frees = estimates.freed.blocks(),
          .allocatedBytes = estimates.allocated.bytes(),
          .liveBlocks = estimates.live.blocks(),
          .liveBytes = estimates.live.bytes(),
          .peakBytes = estimates.atPeak.bytes(),
          .temporaries = estimates.temporary.blocks()};
}

void writeErrors(const model::Estimates& estimates, v1::SiteErrors& errors) {
  errors.set_allocations(estimates.allocated.blocksError());
  errors.set_allocated_bytes(estimates.allocated.bytesError());
  errors.set_live_blocks(estimates.live.blocksError());
  errors.set_live_bytes(estimates.live.bytesError());
  errors.set_peak_bytes(estimates.atPeak.bytesError());
  errors.set_temporaries(estimates.temporary.blocksError());
}

v1::Site toMessage(const SiteCounters& counters) {
  v1::Site site;
  site.set_stack(index(counters.stack));
  site.set_heap(static_cast<std::uint32_t>(index(counters.heap)));
  site.set_allocations(counters.allocations);
  site.set_frees(counters.frees);
  site.set_allocated_bytes(counters.allocatedBytes);
  site.set_live_blocks(counters.liveBlocks);
  site.set_live_bytes(counters.liveBytes);
  site.set_peak_bytes(counters.peakBytes);
  site.set_temporaries(counters.temporaries);
  return site;
}

}  // namespace

SiteTable::SiteTable(SharedView view) : m_view(std::move(view)), m_names(m_view->definitions) {
  const std::size_t pairs = m_view->counts.pairs.size();
  const auto stackOf = [&](std::size_t pair) { return index(m_view->definitions.pairs[pair].stack); };
  // A counting sort of the pairs by stack.
  std::vector<std::uint32_t> counts(m_view->definitions.stacks.size(), 0);
  for (std::size_t i = 0; i < pairs; ++i) ++counts[stackOf(i)];
  std::vector<std::uint32_t> next(counts.size(), 0);
  std::uint32_t sum = 0;
  for (std::size_t stack = 0; stack < counts.size(); ++stack) {
    next[stack] = sum;
    sum += counts[stack];
  }
  m_pairs.resize(pairs);
  for (std::size_t i = 0; i < pairs; ++i) m_pairs[next[stackOf(i)]++] = static_cast<model::PairId>(i);
  std::uint32_t first = 0;
  for (const std::uint32_t end : next) {  // That is where each stack's pairs end by now.
    addSites(first, end);
    first = end;
  }
  m_firstPair.push_back(sum);
  for (std::size_t site = 0; site < m_sites.size(); ++site)
    m_sites[site] = countersOf(m_sites[site], estimatesOf(site));
}

void SiteTable::addSites(std::uint32_t first, std::uint32_t end) {
  const model::DefinitionsView& definitions = m_view->definitions;
  const auto heapOf = [&](model::PairId pair) { return definitions.pair(pair).heap; };
  std::stable_sort(m_pairs.begin() + first, m_pairs.begin() + end,
                   [&](model::PairId a, model::PairId b) { return heapOf(a) < heapOf(b); });
  for (std::uint32_t i = first; i < end; ++i) {
    if (i != first && heapOf(m_pairs[i]) == heapOf(m_pairs[i - 1])) continue;
    m_sites.push_back({.stack = definitions.pair(m_pairs[i]).stack, .heap = heapOf(m_pairs[i])});
    m_firstPair.push_back(i);
  }
}

model::Estimates SiteTable::estimatesOf(std::size_t site) const {
  model::Estimates estimates;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i)
    estimates.add(m_view->definitions.pair(m_pairs[i]), m_view->counts.pairs[index(m_pairs[i])]);
  return estimates;
}

std::vector<std::uint32_t> SiteTable::best(const Request& request, Request::Order order,
                                           std::uint64_t limit) const {
  std::vector<std::uint32_t> sites;
  for (std::uint32_t i = 0; i < m_sites.size(); ++i) {
    // A pair may be defined and not be used yet.
    const bool qualifies =
        order == Request::ORDER_LIVE_BYTES ? m_sites[i].liveBlocks > 0 : m_sites[i].allocations > 0;
    const bool wanted = !request.has_heap() || index(m_sites[i].heap) == request.heap();
    if (qualifies && wanted) sites.push_back(i);
  }
  const auto count = static_cast<std::ptrdiff_t>(limit == 0 ? sites.size() : std::min(limit, sites.size()));
  std::partial_sort(sites.begin(), sites.begin() + count, sites.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::uint64_t keyA = keyOf(m_sites[a], order);
    const std::uint64_t keyB = keyOf(m_sites[b], order);
    if (keyA != keyB) return keyA > keyB;
    if (m_sites[a].liveBlocks != m_sites[b].liveBlocks && order == Request::ORDER_LIVE_BYTES) {
      return m_sites[a].liveBlocks > m_sites[b].liveBlocks;  // Blocks of size 0.
    }
    return a < b;
  });
  return sites;
}

SiteTable::Selection SiteTable::select(const Request& request) const {
  Selection selection{.sites = best(request, request.order(), request.limit()), .total = 0};
  selection.total = selection.sites.size();
  if (request.limit() == 0) return selection;
  const auto first = [&](std::vector<std::uint32_t> sites) {
    sites.resize(std::min<std::size_t>(sites.size(), request.limit()));
    return sites;
  };
  if (!request.any_of_orders()) {
    selection.sites = first(std::move(selection.sites));
    return selection;
  }
  std::set<std::uint32_t> chosen;
  for (const auto order :
       {Request::ORDER_PEAK_BYTES, Request::ORDER_ALLOCATIONS, Request::ORDER_TEMPORARIES}) {
    for (const std::uint32_t site : first(best(request, order, request.limit()))) chosen.insert(site);
  }
  // Which were chosen does not depend on `order`; how they are sorted does.
  std::vector<std::uint32_t> sorted = best(request, request.order(), 0);
  std::erase_if(sorted, [&](std::uint32_t site) { return !chosen.contains(site); });
  selection.sites = std::move(sorted);
  return selection;
}

void SiteTable::addFreeSites(std::uint32_t site, v1::Site& message) const {
  const std::vector<model::FreeSites::Entry>& freeSites = m_view->counts.freeSites;
  if (freeSites.empty()) return;
  std::map<model::StackId, model::Estimate> frees;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i) {
    const auto before = [](const model::FreeSites::Entry& entry, model::PairId pair) {
      return entry.pair < pair;
    };
    for (auto entry = std::lower_bound(freeSites.begin(), freeSites.end(), m_pairs[i], before);
         entry != freeSites.end() && entry->pair == m_pairs[i]; ++entry)
      frees[entry->stack].add(m_view->definitions.pair(m_pairs[i]), entry->frees);
  }
  std::vector<std::pair<model::StackId, std::uint64_t>> most;
  for (const auto& [stack, estimate] : frees) most.emplace_back(stack, estimate.blocks());
  std::stable_sort(most.begin(), most.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  most.resize(std::min(most.size(), kFreeSitesOfASite));
  for (const auto& [stack, count] : most) {
    v1::FreeSite& freeSite = *message.add_freed_at();
    freeSite.set_frees(count);
    for (v1::StackLine& line : stackLines(m_view->definitions, m_names, stack))
      *freeSite.add_lines() = std::move(line);
  }
}

std::vector<v1::Site> SiteTable::details(const Selection& selection, std::size_t first,
                                         std::size_t last) const {
  const model::DefinitionsView& definitions = m_view->definitions;
  std::vector<v1::Site> answer;
  for (std::size_t at = first; at < last; ++at) {
    const std::uint32_t position = selection.sites[at];
    v1::Site site = toMessage(m_sites[position]);
    std::array<model::Estimates, model::kSizeBuckets> sizes{};
    std::set<int> origins;
    model::Slack slack;
    for (std::uint32_t i = m_firstPair[position]; i < m_firstPair[position + 1]; ++i) {
      const model::Pair& pair = definitions.pair(m_pairs[i]);
      const model::PairCounters& counters = m_view->counts.pairs[index(m_pairs[i])];
      if (counters.allocations == 0) continue;
      sizes[model::sizeBucket(pair.size)].add(pair, counters);
      origins.insert(static_cast<int>(pair.origin));
      slack.add(pair, counters);
    }
    for (std::size_t bucket = 0; bucket < sizes.size(); ++bucket) {
      if (sizes[bucket].allocated.blocks() == 0) continue;
      v1::SizeBucket& entry = *site.add_size_histogram();
      entry.set_min_bytes(model::smallestOf(bucket));
      entry.set_max_bytes(model::largestOf(bucket));
      entry.set_allocations(sizes[bucket].allocated.blocks());
      entry.set_live_blocks(sizes[bucket].live.blocks());
    }
    slack.writeTo(site);
    if (m_view->identity.sampleInterval != 0 && m_sites[position].heap == model::kMallocHeap)
      writeErrors(estimatesOf(position), *site.mutable_errors());
    site.set_heap_name(definitions.heapName(m_sites[position].heap));
    addFreeSites(position, site);
    for (const int origin : origins) site.add_origins(static_cast<v1::Origin>(origin));
    for (v1::StackLine& line : stackLines(definitions, m_names, m_sites[position].stack))
      *site.add_lines() = std::move(line);
    answer.push_back(std::move(site));
  }
  return answer;
}

}  // namespace heaptap::query
