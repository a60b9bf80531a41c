// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_analysis.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/own_code.h"

namespace heaptap::analysis {
namespace {

/// What sites have in common that are one group.
struct GroupKey {
  LeakKind kind = LeakKind::Once;
  std::string source;
  std::string name;
  std::uint64_t function = 0;  ///< client::FunctionId, or kNoFunction and the innermost stack node's frame.

  auto operator<=>(const GroupKey&) const = default;
};

constexpr std::uint64_t kNoFunction = 1ULL << 32;

bool isMoreLeaked(const LeakGroup& a, const LeakGroup& b) {
  return std::tuple(static_cast<int>(a.kind), b.bytes, b.blocks) <
         std::tuple(static_cast<int>(b.kind), a.bytes, a.blocks);
}

class Grouping {
 public:
  Grouping(const client::SiteTable& table, const LeakQuery& query)
      : m_table(table), m_query(query), m_ownCode(table.profile()) {}

  LeakReport report() {
    LeakReport report;
    report.profile = m_table.profile();
    report.heap = m_query.heap;
    const v1::Summary& summary = *report.profile.summary;
    report.isLive = summary.info().state() == v1::SESSION_LIVE || summary.live_at_end();
    const auto leaked =
        m_table.select({.order = client::SiteOrder::LiveBytes, .limit = 0, .heap = m_query.heap}).sites;
    // Most bytes first, so that the first site of a group is its largest.
    for (const std::uint32_t site : leaked) add(report, site);
    std::stable_sort(report.groups.begin(), report.groups.end(), isMoreLeaked);
    for (const LeakGroup& group : report.groups) {
      LeakSum& sum = report.sums[static_cast<std::size_t>(group.kind)];
      ++sum.groups;
      sum.sites += group.sites.size();
      sum.bytes += group.bytes;
      sum.blocks += group.blocks;
    }
    return report;
  }

 private:
  void add(LeakReport& report, std::uint32_t position) {
    const client::SiteKey key = m_table.key(position);
    LeakedSite site{.key = key,
                    .position = position,
                    .counters = m_table.counters(position),
                    .errors = m_table.errors(position)};
    const auto [known, isNew] = m_groups.try_emplace(keyOf(key.stack), report.groups.size());
    if (isNew)
      report.groups.push_back({.kind = known->first.kind,
                               .place = placeOf(key.stack),
                               .name = known->first.name,
                               .source = known->first.source});
    LeakGroup& group = report.groups[known->second];
    group.bytes += site.counters.liveBytes;
    group.blocks += site.counters.liveBlocks;
    group.allocations += site.counters.allocations;
    group.sites.push_back(std::move(site));
  }

  GroupKey keyOf(model::StackId stack) {
    GroupKey key;
    if (const auto own = m_ownCode.innermostOwn(stack)) {
      key.function = index(own->function);
    } else {
      const client::StackStart start = client::startOf(m_table.profile(), stack);
      key.function = kNoFunction;
      if (start.stack != model::StackId{})
        key.function += index(m_table.profile().definitions.stack(start.stack).frame);
    }
    return key;
  }

  client::StackLine placeOf(model::StackId stack) {
    const client::Profile& profile = m_table.profile();
    if (const auto own = m_ownCode.innermostOwn(stack))
      return client::lineOf(profile, profile.definitions.stack(own->stack).frame, own->line);
    const client::StackStart start = client::startOf(profile, stack);
    if (start.stack == model::StackId{}) return {};
    return client::lineOf(profile, profile.definitions.stack(start.stack).frame, start.line);
  }

  const client::SiteTable& m_table;
  const LeakQuery& m_query;
  OwnCode m_ownCode;
  std::map<GroupKey, std::size_t> m_groups;
};

}  // namespace

LeakReport leakReport(const client::SiteTable& table, const LeakQuery& query) {
  return Grouping(table, query).report();
}

}  // namespace heaptap::analysis
