// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_analysis.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "analysis/leaks/made_once.h"
#include "analysis/own_code.h"
#include "analysis/suppressions/suppression_match.h"
#include "proto/words/session_words.h"

namespace heaptap::analysis {
namespace {

/// What sites have in common that are one group.
struct GroupKey {
  LeakKind kind = LeakKind::Once;
  std::string source;
  std::string name;
  /// Of a leak, and of what was made once: client::FunctionId, or kNoFunction and the innermost frame.
  std::uint64_t function = 0;

  auto operator<=>(const GroupKey&) const = default;
};

constexpr std::uint64_t kNoFunction = 1ULL << 32;

constexpr const char* kSingletons = "made once, for the whole program";
constexpr const char* kGlobals = "made before main, for global variables";

class Grouping {
 public:
  Grouping(const client::SiteTable& table, const LeakQuery& query, const Suppressions& suppressions)
      : m_table(table),
        m_query(query),
        m_suppressions(suppressions),
        m_ownCode(table.profile()),
        m_match(table.profile(), suppressions, m_ownCode),
        m_isUsed(suppressions.all().size(), 0) {}

  LeakReport report() {
    LeakReport report;
    report.profile = m_table.profile();
    report.heap = m_query.heap;
    report.isLive = !words::hasEndedByItself(*report.profile.summary);
    // Most bytes first, so that the first site of a group is its largest.
    const auto leaked =
        m_table.select({.order = client::SiteOrder::LiveBytes, .limit = 0, .heap = m_query.heap}).sites;
    std::vector<std::vector<std::size_t>> matches;
    matches.reserve(leaked.size());
    for (const std::uint32_t site : leaked) matches.push_back(matching(site));
    for (std::size_t i = 0; i < leaked.size(); ++i) add(report, leaked[i], matches[i]);
    report.arrange();
    for (std::size_t i = 0; i < m_isUsed.size(); ++i) {
      const Suppression& each = m_suppressions.all()[i];
      if (!each.isBuiltIn && m_isUsed[i] == 0)
        report.unused.push_back({.source = each.source, .line = each.line, .name = each.name});
    }
    return report;
  }

 private:
  /// Suppressions that match a site, and what they have matched in all.
  std::vector<std::size_t> matching(std::uint32_t site) {
    const client::SiteCounters counters = m_table.counters(site);
    std::vector<std::size_t> matches = m_match.matching(m_table.key(site).stack, m_table.origins(site));
    std::erase_if(matches, [&](std::size_t each) {
      const Suppression& suppression = m_suppressions.all()[each];
      if (suppression.isMarker) m_marked.insert(suppression.name);
      return suppression.isMarker ||
             (suppression.isNeverFreed && counters.allocations != counters.liveBlocks);
    });
    for (const std::size_t each : matches) m_isUsed[each] = 1;
    // Of built-in ones that know how much is kept on purpose: by name, as several describe the same.
    if (!matches.empty() && m_suppressions.all()[matches.front()].isBuiltIn)
      m_blocksOfName[m_suppressions.all()[matches.front()].name] += counters.liveBlocks;
    return matches;
  }

  [[nodiscard]] bool isStillMeant(const Suppression& suppression) const {
    if (!suppression.unless.empty() && m_marked.contains(suppression.unless)) return false;
    if (suppression.mostBlocks == 0) return true;
    const auto blocks = m_blocksOfName.find(suppression.name);
    return blocks == m_blocksOfName.end() || blocks->second <= suppression.mostBlocks;
  }

  void add(LeakReport& report, std::uint32_t position, const std::vector<std::size_t>& matches) {
    const client::SiteKey key = m_table.key(position);
    LeakedSite site{.key = key,
                    .position = position,
                    .counters = m_table.counters(position),
                    .errors = m_table.errors(position)};
    const auto own = m_ownCode.innermostOwn(key.stack);
    const auto [known, isNew] =
        m_groups.try_emplace(keyOf(key.stack, own, site.counters, matches), report.groups.size());
    if (isNew)
      report.groups.push_back(
          {.kind = known->first.kind,
           .place = placeOf(key.stack, own),
           .name = known->first.name,
           .source = known->first.source,
           .isOfFunction = known->first.kind == LeakKind::Kept && known->first.function != kNoFunction});
    LeakGroup& group = report.groups[known->second];
    group.bytes += site.counters.liveBytes;
    group.blocks += site.counters.liveBlocks;
    group.allocations += site.counters.allocations;
    group.sites.push_back(std::move(site));
  }

  using Own = std::optional<OwnCode::Place>;

  GroupKey keyOf(model::StackId stack, const Own& own, const client::SiteCounters& counters,
                 const std::vector<std::size_t>& matches) {
    for (const std::size_t each : matches) {
      const Suppression& suppression = m_suppressions.all()[each];
      if (suppression.isBuiltIn && !isStillMeant(suppression)) continue;
      const bool isOnes = suppression.isBuiltIn && suppression.name == kSingletons && own;
      return {.kind = suppression.isBuiltIn ? LeakKind::Kept : LeakKind::Suppressed,
              .source = suppression.isBuiltIn ? std::string() : suppression.source,
              .name = suppression.name,
              .function = isOnes ? index(own->function) : kNoFunction};
    }
    GroupKey key;
    if (own) {
      // What a function has made once is that function's, so that each is named by it.
      if (const char* const name = keptAs(*own, counters))
        return {.kind = LeakKind::Kept,
                .source = {},
                .name = name,
                .function = name == kSingletons ? index(own->function) : kNoFunction};
      key.function = index(own->function);
    } else {
      const client::StackStart start = client::startOf(m_table.profile(), stack);
      key.function = kNoFunction;
      if (start.stack != model::StackId{})
        key.function += index(m_table.profile().definitions.stack(start.stack).frame);
    }
    return key;
  }

  /// What the program itself keeps on purpose, by the looks of it; null: nothing says so.
  [[nodiscard]] const char* keptAs(const OwnCode::Place& own, const client::SiteCounters& counters) const {
    if (m_query.builtIn == Suppressions::BuiltIn::Leave || counters.allocations != counters.liveBlocks)
      return nullptr;
    const client::Profile& profile = m_table.profile();
    const std::string_view function =
        client::nameOf(profile.definitions, profile.names->function(own.function));
    if (isStaticInitializer(function)) return kGlobals;
    return counters.allocations == 1 && makesASingleton(function) ? kSingletons : nullptr;
  }

  client::StackLine placeOf(model::StackId stack, const Own& own) const {
    const client::Profile& profile = m_table.profile();
    if (own) return client::lineOf(profile, profile.definitions.stack(own->stack).frame, own->line);
    const client::StackStart start = client::startOf(profile, stack);
    if (start.stack == model::StackId{}) return {};
    return client::lineOf(profile, profile.definitions.stack(start.stack).frame, start.line);
  }

  const client::SiteTable& m_table;
  const LeakQuery& m_query;
  const Suppressions& m_suppressions;
  OwnCode m_ownCode;
  SuppressionMatch m_match;
  std::map<GroupKey, std::size_t> m_groups;
  std::vector<std::uint8_t> m_isUsed;  ///< By suppression.
  std::map<std::string, std::uint64_t> m_blocksOfName;
  std::set<std::string> m_marked;  ///< Names of markers that there is a leak of.
};

}  // namespace

LeakReport leakReport(const client::SiteTable& table, const LeakQuery& query) {
  if (query.suppressions != nullptr) return Grouping(table, query, *query.suppressions).report();
  const Suppressions builtIn(query.builtIn);
  return Grouping(table, query, builtIn).report();
}

}  // namespace heaptap::analysis
