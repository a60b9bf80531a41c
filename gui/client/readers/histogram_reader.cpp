// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/histogram_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "collector/model/estimate.h"
#include "collector/model/size_bucket.h"
#include "gui/client/readers/counted_heap.h"
#include "gui/client/readers/histogram_series.h"
#include "gui/client/readers/when_of.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kLifetimeBuckets = 64;

/// Puts sums by bucket and series into bars, from the first bucket that has any to the last.
/// `rangeOf(bucket)`: the least and the largest value in it.
template <class RangeOf>
void fill(Histogram& histogram, const std::map<std::size_t, std::vector<BlockSum>>& sums, RangeOf rangeOf) {
  if (sums.empty()) return;
  const std::vector<BlockSum> none(histogram.series.size());
  for (std::size_t bucket = sums.begin()->first; bucket <= sums.rbegin()->first; ++bucket) {
    const auto found = sums.find(bucket);
    const auto [from, to] = rangeOf(bucket);
    histogram.bars.push_back({.from = from, .to = to, .parts = found == sums.end() ? none : found->second});
  }
  for (const Histogram::Bar& bar : histogram.bars)
    for (std::size_t i = 0; i < bar.parts.size(); ++i) histogram.series[i].sum += bar.parts[i];
}

/// Pairs of a series whose blocks have one size, or sizes of one range.
struct LifetimeGroup {
  std::uint32_t series = 0;
  std::vector<model::PairId> pairs = {};
  model::Estimate sum = {};    ///< Of all that was allocated, and
  std::uint64_t recorded = 0;  ///< how many records it is estimated from.

  void add(model::PairId id, const model::Pair& pair, std::uint64_t allocations) {
    pairs.push_back(id);
    sum.add(pair, allocations);
    recorded += allocations;
  }
  /// What so many freed blocks of it stand for.
  [[nodiscard]] BlockSum of(std::uint64_t freed) const {
    const double share =
        static_cast<double>(freed) / static_cast<double>(std::max<std::uint64_t>(recorded, 1));
    return {.blocks = static_cast<quint64>(std::llround(share * static_cast<double>(sum.blocks()))),
            .bytes = static_cast<quint64>(std::llround(share * static_cast<double>(sum.bytes())))};
  }
};

/// By exact size where that makes few enough groups; else by range, with mean sizes.
std::vector<LifetimeGroup> groupsOf(const client::Profile& profile, HistogramSeries& series, bool byRange) {
  std::map<std::pair<std::uint32_t, std::uint64_t>, LifetimeGroup> groups;
  const std::size_t pairs = std::min(profile.counts->pairs.size(), profile.definitions.pairs.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const auto id = static_cast<model::PairId>(i);
    const model::PairCounters& counters = profile.counts->pairs[i];
    const auto in = counters.allocations > 0 ? series.of(id) : std::nullopt;
    if (!in) continue;
    const model::Pair& pair = profile.definitions.pairs[i];
    LifetimeGroup& group = groups[{*in, byRange ? model::sizeBucket(pair.size) : pair.size}];
    group.series = *in;
    group.add(id, pair, counters.allocations);
    if (!byRange && groups.size() > model::ThreadMatrixQuery::kMostGroups) return {};
  }
  std::vector<LifetimeGroup> found;
  for (auto& [key, group] : groups) found.push_back(std::move(group));
  return found;
}

/// Shorter lives are told by the clock rather than by the program: they share a bar.
constexpr std::size_t kShortestBucket = 9;

std::pair<quint64, quint64> lifetimeRange(std::size_t bucket) {
  const quint64 from = bucket <= kShortestBucket ? 0 : quint64{1} << bucket;
  return {from, (quint64{1} << bucket) - 1 + (quint64{1} << bucket)};
}

/// What is counted: at the chosen time, of the threads and the lifetimes that the filter allows.
Result<client::When> countedWhen(client::ProfileSource& source, const std::string& session,
                                 const HistogramWish& wish, const std::stop_token& stop) {
  client::When when = whenOf(wish.time);
  const auto lifetimes = lifetimesThatPass(wish.filter);
  if (!lifetimes) return tl::unexpected(lifetimes.error());
  when.only.minLifetimeNs = lifetimes->least;
  when.only.maxLifetimeNs = lifetimes->most;
  if (wish.filter.termsOf(FilterTerm::Of::Thread).empty()) return when;
  const auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  auto threads = threadsThatPass(*profile, wish.filter);
  if (!threads) return tl::unexpected(std::move(threads.error()));
  when.only.threads = std::move(*threads);
  return when;
}

}  // namespace

Result<Histogram> readSizes(client::ProfileSource& source, const std::string& session,
                            const HistogramWish& wish, const std::stop_token& stop) {
  const auto when = countedWhen(source, session, wish, stop);
  if (!when) return tl::unexpected(when.error());
  const auto profile = source.profile(session, *when, stop);
  if (!profile) return tl::unexpected(profile.error());
  HistogramSeries series(*profile, wish);
  std::map<std::size_t, std::vector<model::Estimate>> estimates;
  const std::size_t pairs = std::min(profile->counts->pairs.size(), profile->definitions.pairs.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t blocks = counted(profile->counts->pairs[i], wish.of);
    const auto in = blocks > 0 ? series.of(static_cast<model::PairId>(i)) : std::nullopt;
    if (!in) continue;
    const model::Pair& pair = profile->definitions.pairs[i];
    std::vector<model::Estimate>& bucket = estimates[model::sizeBucket(pair.size)];
    bucket.resize(series.size());
    bucket[*in].add(pair, blocks);
  }
  std::map<std::size_t, std::vector<BlockSum>> sums;
  for (const auto& [bucket, parts] : estimates)
    for (const model::Estimate& part : parts)
      sums[bucket].push_back({.blocks = part.blocks(), .bytes = part.bytes()});
  Histogram histogram = series.histogram();
  fill(histogram, sums, [](std::size_t bucket) {
    return std::pair<quint64, quint64>(model::smallestOf(bucket), model::largestOf(bucket));
  });
  return histogram;
}

Result<Histogram> readLifetimes(client::ProfileSource& source, const std::string& session,
                                const HistogramWish& wish, const std::stop_token& stop) {
  const auto when = countedWhen(source, session, wish, stop);
  if (!when) return tl::unexpected(when.error());
  const auto then = source.profile(session, *when, stop);
  if (!then) return tl::unexpected(then.error());
  // Blocks that were freed in a stretch of time may be older than it, so that its own counts do not tell
  // their sizes.
  const auto all = when->isNow() ? *then : Result<client::Profile>(source.profile(session, {}, stop));
  if (!all) return tl::unexpected(all.error());
  HistogramSeries series(*then, wish);
  Histogram histogram = series.histogram();
  std::vector<LifetimeGroup> groups = groupsOf(*all, series, false);
  if (groups.empty()) {
    groups = groupsOf(*all, series, true);
    histogram.areMeans = true;
  }
  if (groups.empty()) return series.histogram();  // No group at all would mean everything.
  model::ThreadMatrixQuery query{.afterNs = wish.time.isStretch() ? wish.time.fromNs : std::nullopt,
                                 .untilNs = wish.time.atNs};
  for (LifetimeGroup& group : groups) query.groups.push_back(std::move(group.pairs));
  const auto counted = source.threadMatrix(session, query, {}, stop);
  if (!counted) return tl::unexpected(counted.error());
  histogram.knownFromNs = counted->knownFromNs;
  std::map<std::size_t, std::vector<BlockSum>> sums;
  for (std::size_t at = 0; at < std::min(groups.size(), counted->lifetimes.size()); ++at)
    for (std::size_t bucket = 0; bucket < kLifetimeBuckets; ++bucket) {
      const std::uint64_t freed = counted->lifetimes[at][bucket];
      const auto [least, most] = lifetimeRange(std::max(bucket, kShortestBucket));
      const bool passes = most >= when->only.minLifetimeNs && least <= when->only.maxLifetimeNs;
      if (freed == 0 || !passes) continue;
      std::vector<BlockSum>& parts = sums[std::max(bucket, kShortestBucket)];
      parts.resize(histogram.series.size());
      parts[groups[at].series] += groups[at].of(freed);
    }
  fill(histogram, sums, lifetimeRange);
  return histogram;
}

}  // namespace heaptap::gui
