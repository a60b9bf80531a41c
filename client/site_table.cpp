// SPDX-License-Identifier: Apache-2.0
#include "client/site_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace heaptap::client {
namespace {

/// The stacks that free a site's blocks: as many as people read.
constexpr std::size_t kFreeSitesOfASite = 5;

std::uint64_t keyOf(const SiteCounters& site, SiteOrder order) {
  switch (order) {
    case SiteOrder::LiveBytes: return site.liveBytes;
    case SiteOrder::PeakBytes: return site.peakBytes;
    case SiteOrder::Allocations: return site.allocations;
    case SiteOrder::Temporaries: return site.temporaries;
    case SiteOrder::AllocatedBytes: return site.allocatedBytes;
  }
  return 0;
}

/// A site in an order: what it is compared by.
struct Ranked {
  std::uint64_t key = 0;
  std::uint64_t blocks = 0;  ///< Of leaks: blocks of size 0 count too.
  std::uint32_t site = 0;

  static Ranked of(std::uint32_t site, const SiteCounters& counters, SiteOrder order) {
    return {.key = keyOf(counters, order),
            .blocks = order == SiteOrder::LiveBytes ? counters.liveBlocks : 0,
            .site = site};
  }
  bool operator<(const Ranked& other) const {
    if (key != other.key) return key > other.key;
    if (blocks != other.blocks) return blocks > other.blocks;
    return site < other.site;
  }
};

bool qualifies(const SiteCounters& site, SiteOrder order) {
  // A pair may be defined and not be used yet.
  return order == SiteOrder::LiveBytes ? site.liveBlocks > 0 : site.allocations > 0;
}

/// The first `limit` of what is added (0: all), without keeping the others.
class Best {
 public:
  explicit Best(std::uint64_t limit) : m_limit(limit) {}

  void add(const Ranked& site) {
    ++m_total;
    if (m_limit == 0 || m_sites.size() < m_limit) {
      m_sites.push_back(site);
      if (m_sites.size() == m_limit) std::make_heap(m_sites.begin(), m_sites.end());
    } else if (site < m_sites.front()) {
      std::pop_heap(m_sites.begin(), m_sites.end());
      m_sites.back() = site;
      std::push_heap(m_sites.begin(), m_sites.end());
    }
  }
  [[nodiscard]] std::uint64_t total() const { return m_total; }
  [[nodiscard]] std::vector<std::uint32_t> inOrder() && {
    std::sort(m_sites.begin(), m_sites.end());
    std::vector<std::uint32_t> sites;
    sites.reserve(m_sites.size());
    for (const Ranked& site : m_sites) sites.push_back(site.site);
    return sites;
  }

 private:
  std::uint64_t m_limit;
  std::uint64_t m_total = 0;
  std::vector<Ranked> m_sites;  ///< A heap once there are m_limit: the last one first.
};

}  // namespace

SiteTable::SiteTable(Profile profile, const FilterMatch& filter) : m_profile(std::move(profile)) {
  group(filter);
}

void SiteTable::group(const FilterMatch& filter) {
  const model::DefinitionsView& definitions = m_profile.definitions;
  const std::size_t pairs = std::min(definitions.pairs.size(), m_profile.counts->pairs.size());
  const auto passes = [&](std::size_t pair) {
    return filter.passesAll() || filter.passes(definitions.pairs[pair]);
  };
  // A counting sort of the pairs by stack.
  std::vector<std::uint32_t> next(definitions.stacks.size(), 0);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (!passes(i)) continue;
    ++next[index(definitions.pairs[i].stack)];
    ++sum;
  }
  m_pairs.resize(sum);
  sum = 0;
  for (std::uint32_t& entry : next) sum += std::exchange(entry, sum);
  for (std::size_t i = 0; i < pairs; ++i)
    if (passes(i)) m_pairs[next[index(definitions.pairs[i].stack)]++] = static_cast<model::PairId>(i);
  std::uint32_t first = 0;
  for (const std::uint32_t end : next) {  // That is where each stack's pairs end by now.
    addSites(first, end);
    first = end;
  }
  m_firstPair.push_back(sum);
}

void SiteTable::addSites(std::uint32_t first, std::uint32_t end) {
  const auto heapOf = [&](model::PairId pair) { return m_profile.definitions.pair(pair).heap; };
  if (end - first > 1)
    std::stable_sort(m_pairs.begin() + first, m_pairs.begin() + end,
                     [&](model::PairId a, model::PairId b) { return heapOf(a) < heapOf(b); });
  for (std::uint32_t i = first; i < end; ++i)
    if (i == first || heapOf(m_pairs[i]) != heapOf(m_pairs[i - 1])) m_firstPair.push_back(i);
}

std::optional<std::uint32_t> SiteTable::find(const SiteKey& wanted) const {
  std::uint32_t first = 0;
  auto count = static_cast<std::uint32_t>(size());
  while (count > 0) {
    const std::uint32_t half = count / 2;
    if (key(first + half) < wanted) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first < size() && key(first) == wanted ? std::optional(first) : std::nullopt;
}

model::Estimates SiteTable::estimates(std::uint32_t site) const {
  model::Estimates estimates;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i)
    estimates.add(m_profile.definitions.pair(m_pairs[i]), m_profile.countersOf(m_pairs[i]));
  return estimates;
}

SiteCounters SiteTable::counters(std::uint32_t site) const {
  const model::Estimates sums = estimates(site);
  return {.allocations = sums.allocated.blocks(),
          .frees = sums.freed.blocks(),
          .allocatedBytes = sums.allocated.bytes(),
          .liveBlocks = sums.live.blocks(),
          .liveBytes = sums.live.bytes(),
          .peakBytes = sums.atPeak.bytes(),
          .temporaries = sums.temporary.blocks()};
}

std::optional<SiteErrors> SiteTable::errors(std::uint32_t site) const {
  if (!m_profile.isSampled() || key(site).heap != model::kMallocHeap) return std::nullopt;
  const model::Estimates sums = estimates(site);
  return SiteErrors{.allocations = sums.allocated.blocksError(),
                    .allocatedBytes = sums.allocated.bytesError(),
                    .liveBlocks = sums.live.blocksError(),
                    .liveBytes = sums.live.bytesError(),
                    .peakBytes = sums.atPeak.bytesError(),
                    .temporaries = sums.temporary.blocksError()};
}

std::vector<SizeBucket> SiteTable::sizes(std::uint32_t site) const {
  SizeHistogram histogram;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i)
    histogram.add(m_profile.definitions.pair(m_pairs[i]), m_profile.countersOf(m_pairs[i]));
  return histogram.buckets();
}

std::vector<v1::Origin> SiteTable::origins(std::uint32_t site) const {
  std::vector<v1::Origin> origins;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i)
    if (m_profile.countersOf(m_pairs[i]).allocations != 0)
      origins.push_back(static_cast<v1::Origin>(index(m_profile.definitions.pair(m_pairs[i]).origin)));
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  return origins;
}

model::Slack SiteTable::slack(std::uint32_t site) const {
  model::Slack slack;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i)
    slack.add(m_profile.definitions.pair(m_pairs[i]), m_profile.countersOf(m_pairs[i]));
  return slack;
}

std::vector<FreedAt> SiteTable::freedAt(std::uint32_t site) const {
  const auto& all = m_profile.counts->freeSites;
  if (all.empty()) return {};
  std::map<model::StackId, model::Estimate> frees;
  for (std::uint32_t i = m_firstPair[site]; i < m_firstPair[site + 1]; ++i) {
    const auto before = [](const model::FreeSites::Entry& entry, model::PairId pair) {
      return entry.pair < pair;
    };
    for (auto entry = std::lower_bound(all.begin(), all.end(), m_pairs[i], before);
         entry != all.end() && entry->pair == m_pairs[i]; ++entry)
      frees[entry->stack].add(m_profile.definitions.pair(m_pairs[i]), entry->frees);
  }
  std::vector<FreedAt> most;
  most.reserve(frees.size());
  for (const auto& [stack, estimate] : frees) most.push_back({.stack = stack, .frees = estimate.blocks()});
  std::stable_sort(most.begin(), most.end(),
                   [](const FreedAt& a, const FreedAt& b) { return a.frees > b.frees; });
  most.resize(std::min(most.size(), kFreeSitesOfASite));
  return most;
}

SiteTable::Selection SiteTable::select(const SiteQuery& query) const {
  const bool isUnion = query.anyOfOrders && query.limit != 0;
  static constexpr SiteOrder kRankings[] = {SiteOrder::PeakBytes, SiteOrder::Allocations,
                                            SiteOrder::Temporaries};
  Best best(query.limit);
  std::vector<Best> rankings(isUnion ? std::size(kRankings) : 0, Best(query.limit));
  for (std::uint32_t site = 0; site < size(); ++site) {
    if (query.heap && key(site).heap != *query.heap) continue;
    const SiteCounters numbers = counters(site);
    if (qualifies(numbers, query.order)) best.add(Ranked::of(site, numbers, query.order));
    for (std::size_t i = 0; i < rankings.size(); ++i)
      if (qualifies(numbers, kRankings[i])) rankings[i].add(Ranked::of(site, numbers, kRankings[i]));
  }
  Selection selection{.sites = {}, .total = best.total()};
  if (!isUnion) {
    selection.sites = std::move(best).inOrder();
    return selection;
  }
  // Which were chosen does not depend on `order`; how they are sorted does.
  std::set<std::uint32_t> chosen;
  for (Best& ranking : rankings)
    for (const std::uint32_t site : std::move(ranking).inOrder()) chosen.insert(site);
  std::erase_if(chosen, [&](std::uint32_t site) { return !qualifies(counters(site), query.order); });
  selection.sites = sorted({chosen.begin(), chosen.end()}, query.order);
  return selection;
}

std::vector<std::uint32_t> SiteTable::sorted(const std::vector<std::uint32_t>& sites, SiteOrder order) const {
  Best all(0);
  for (const std::uint32_t site : sites) all.add(Ranked::of(site, counters(site), order));
  return std::move(all).inOrder();
}

}  // namespace heaptap::client
