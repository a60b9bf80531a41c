// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_histories.h"

#include <algorithm>
#include <utility>

namespace heaptap::analysis {
namespace {

/// With fewer blocks than this, more of them is no trend.
constexpr std::uint64_t kFewestToGrow = 4;
constexpr double kSteadyEnough = 0.5;
/// Something that grows has grown in the last of these parts of the time since it began.
constexpr std::size_t kParts = 4;

/// Where a history begins: the instant of the first allocation, or the first that is known.
std::size_t firstInstant(const LeakHistory& history) {
  const auto known = std::find_if(history.liveBytes.begin(), history.liveBytes.end(),
                                  [](std::uint64_t bytes) { return bytes != 0; });
  return static_cast<std::size_t>(known - history.liveBytes.begin());
}

/// Live bytes at so many instants from where the history begins to the end, evenly; the last is the end.
std::vector<std::uint64_t> course(const LeakHistory& history, std::size_t instants) {
  const std::size_t first = firstInstant(history);
  const std::size_t span = history.liveBytes.size() - first;
  std::vector<std::uint64_t> values;
  const std::size_t count = std::min(span, instants);
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(history.liveBytes[first + (i + 1) * span / count - 1]);
  return values;
}

/// The share of instants at which there was more than ever before, less where much of it has gone again.
double growthOf(const LeakHistory& history, std::uint64_t blocks) {
  // Blocks that come rarely cannot be at every instant.
  const std::vector<std::uint64_t> values = course(
      history, static_cast<std::size_t>(std::clamp<std::uint64_t>(blocks, 1, history.liveBytes.size())));
  if (values.size() < 2) return 0;
  std::uint64_t most = values.front();
  std::size_t rises = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] <= most) continue;
    most = values[i];
    ++rises;
  }
  const double kept = most == 0 ? 0 : static_cast<double>(values.back()) / static_cast<double>(most);
  return kept * static_cast<double>(rises) / static_cast<double>(values.size() - 1);
}

double ageScore(const LeakHistory& history) {
  if (!history.medianAgeNs) return 0.5;  // Nothing is known.
  const auto age = static_cast<double>(*history.medianAgeNs);
  const double against = history.p95LifetimeNs ? static_cast<double>(*history.p95LifetimeNs)
                                               // Of nothing that was freed: half of the run is old.
                                               : static_cast<double>(history.endNs) / 2;
  return age + against <= 0 ? 0 : age / (age + against);
}

}  // namespace

Confidence confidenceOf(const LeakHistory& history, std::uint64_t allocations, std::uint64_t blocks) {
  constexpr double kGrowthWeight = 0.4;
  constexpr double kBalanceWeight = 0.3;
  constexpr double kAgeWeight = 0.3;
  Confidence confidence;
  confidence.growth = growthOf(history, blocks);
  confidence.balance =
      allocations == 0 ? 0 : std::min(1.0, static_cast<double>(blocks) / static_cast<double>(allocations));
  confidence.age = ageScore(history);
  confidence.score =
      kGrowthWeight * confidence.growth + kBalanceWeight * confidence.balance + kAgeWeight * confidence.age;
  return confidence;
}

bool isGrowing(const LeakHistory& history, const Confidence& confidence, std::uint64_t blocks) {
  if (blocks < kFewestToGrow || confidence.growth < kSteadyEnough) return false;
  const std::size_t first = firstInstant(history);
  const std::size_t span = history.liveBytes.size() - first;
  if (span < kParts) return false;
  const std::size_t last = history.liveBytes.size() - 1 - span / kParts;
  return history.liveBytes.back() > history.liveBytes[last];
}

model::HistoryQuery historyQuery(const LeakReport& report, const client::SiteTable& table) {
  model::HistoryQuery query;
  for (const LeakGroup& group : report.groups) {
    if (!group.isLeak() || query.groups.size() == model::HistoryQuery::kMostGroups) break;
    std::vector<model::PairId>& pairs = query.groups.emplace_back();
    for (const LeakedSite& site : group.sites) {
      const auto own = table.pairs(site.position);
      pairs.insert(pairs.end(), own.begin(), own.end());
    }
  }
  return query;
}

void addHistories(LeakReport& report, std::vector<model::SiteHistory> histories) {
  for (std::size_t i = 0; i < std::min(histories.size(), report.groups.size()); ++i) {
    LeakGroup& group = report.groups[i];
    if (!group.isLeak()) break;
    // None of its events is stored: they were evicted, or the session was imported.
    const model::SiteHistory& history = histories[i];
    if (!history.firstAllocationNs && !history.lastAllocationNs && !history.oldestAgeNs && history.frees == 0)
      continue;
    group.history = std::move(histories[i]);
    group.confidence = confidenceOf(*group.history, group.allocations, group.blocks);
    group.kind =
        isGrowing(*group.history, *group.confidence, group.blocks) ? LeakKind::Growing : LeakKind::Once;
  }
  report.arrange();
}

Result<void> addHistories(LeakReport& report, const client::SiteTable& table, client::ProfileSource& source,
                          const std::string& session, const std::stop_token& stop) {
  const model::HistoryQuery query = historyQuery(report, table);
  if (query.groups.empty()) return {};
  return source.histories(session, query, stop).map([&](std::vector<model::SiteHistory> histories) {
    addHistories(report, std::move(histories));
  });
}

}  // namespace heaptap::analysis
