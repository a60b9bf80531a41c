// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/tree_leaks.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "client/stack_lines.h"

namespace heaptap::analysis {
namespace {

void addTo(client::SiteCounters& sum, const client::SiteCounters& more) {
  for (const auto member : {&client::SiteCounters::allocations, &client::SiteCounters::frees,
                            &client::SiteCounters::allocatedBytes, &client::SiteCounters::liveBlocks,
                            &client::SiteCounters::liveBytes, &client::SiteCounters::peakBytes,
                            &client::SiteCounters::temporaries})
    sum.*member += more.*member;
}

/// Errors of numbers that have nothing to do with each other.
void addTo(std::optional<client::SiteErrors>& sum, const std::optional<client::SiteErrors>& more) {
  if (!more) return;
  if (!sum) sum.emplace();
  for (const auto member : {&client::SiteErrors::allocations, &client::SiteErrors::allocatedBytes,
                            &client::SiteErrors::liveBlocks, &client::SiteErrors::liveBytes,
                            &client::SiteErrors::peakBytes, &client::SiteErrors::temporaries})
    (*sum).*member = std::hypot((*sum).*member, (*more).*member);
}

}  // namespace

void TreeLeaks::add(const LeakReport& report, const client::ProfileMerge::Ids& ids) {
  if (report.isLive) return;
  ++m_reports;
  for (const UnusedSuppression& each : report.unused) ++m_unused[{each.source, each.line, each.name}];
  for (const LeakGroup& group : report.groups) {
    const bool isByPlace = group.isLeak() || group.isOfFunction;
    const client::StackLine& place = group.place;
    const bool isNamed = !place.function.empty();
    Group& merged =
        m_groups[{group.kind, group.name, group.source, std::string(isByPlace ? place.module : ""),
                  std::string(isByPlace ? place.function : ""), isByPlace && !isNamed ? place.pc : 0}];
    merged.sum.kind = group.kind;
    merged.sum.name = group.name;
    merged.sum.source = group.source;
    merged.sum.isOfFunction = group.isOfFunction;
    merged.sum.bytes += group.bytes;
    merged.sum.blocks += group.blocks;
    merged.sum.allocations += group.allocations;
    const auto keyOf = [&ids](const LeakedSite& site) {
      return client::SiteKey{.stack = ids.stacks[index(site.key.stack)],
                             .heap = ids.heaps[index(site.key.heap)]};
    };
    for (const LeakedSite& site : group.sites) {
      LeakedSite& sum = merged.sites[keyOf(site)];
      sum.key = keyOf(site);
      addTo(sum.counters, site.counters);
      addTo(sum.errors, site.errors);
    }
    if (merged.largest != 0 && group.bytes <= merged.largest) continue;
    merged.largest = group.bytes;
    merged.site = keyOf(group.sites.front());
    merged.function = place.function;
    merged.file = place.file;
    merged.line = place.line;
    merged.pc = place.pc;
  }
}

client::StackLine TreeLeaks::placeOf(const client::Profile& profile, const Group& group) {
  const auto lines = client::stackLines(profile, group.site.stack);
  const auto isIt = [&group](const client::StackLine& line) {
    return line.function == group.function && line.file == group.file && line.line == group.line &&
           line.pc == group.pc;
  };
  const auto found = std::find_if(lines.begin(), lines.end(), isIt);
  if (found != lines.end()) return *found;
  return lines.empty() ? client::StackLine{} : lines.front();
}

LeakReport TreeLeaks::report(const client::SiteTable& table, model::HeapId heap) const {
  LeakReport report{.profile = table.profile(), .heap = heap, .groups = {}, .unused = {}};
  for (const auto& [key, merged] : m_groups) {
    LeakGroup group = merged.sum;
    group.place = placeOf(report.profile, merged);
    for (const auto& [site, sum] : merged.sites) {
      LeakedSite& added = group.sites.emplace_back(sum);
      added.position = table.find(site).value_or(0);
    }
    std::stable_sort(group.sites.begin(), group.sites.end(), [](const LeakedSite& a, const LeakedSite& b) {
      return std::pair(b.counters.liveBytes, b.counters.liveBlocks) <
             std::pair(a.counters.liveBytes, a.counters.liveBlocks);
    });
    report.groups.push_back(std::move(group));
  }
  for (const auto& [unused, reports] : m_unused)
    if (reports == m_reports)
      report.unused.push_back(
          {.source = std::get<0>(unused), .line = std::get<1>(unused), .name = std::get<2>(unused)});
  report.arrange();
  return report;
}

}  // namespace heaptap::analysis
