// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/measured_session.h"

#include <utility>

#include "analysis/comparison/canonical_name.h"
#include "analysis/comparison/run_values.h"
#include "analysis/leaks/leak_judge.h"
#include "analysis/policy/sampled_measures.h"
#include "analysis/program_name.h"
#include "client/filter.h"
#include "client/stack_costs.h"
#include "proto/words/session_words.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::analysis {
namespace {

using client::Cost;
using client::FilterMatch;

/// Deeper ones help nobody to find the place.
constexpr std::size_t kMostPlaces = 64;

struct CostOfMetric {
  Metric metric;
  Cost cost;
};
constexpr CostOfMetric kCosts[] = {{Metric::Peak, Cost::PeakBytes},
                                   {Metric::Allocations, Cost::Allocations},
                                   {Metric::Allocated, Cost::AllocatedBytes},
                                   {Metric::Temporary, Cost::Temporaries}};

std::optional<model::HeapId> heapNamed(const v1::Summary& summary, const std::string& name) {
  if (name.empty() || name == "malloc") return model::kMallocHeap;
  for (const v1::HeapReport& heap : summary.heaps())
    if (heap.name() == name) return static_cast<model::HeapId>(heap.id());
  return std::nullopt;
}

client::Filter filterOf(const RuleScope& scope, model::HeapId heap) {
  client::Filter filter{.heap = heap};
  const auto pattern = [](const std::string& text) {
    return text.empty() ? std::nullopt
                        : std::optional(client::TextPattern{.text = regexOf(text), .isRegex = true});
  };
  filter.function = pattern(scope.function);
  filter.file = pattern(scope.file);
  filter.module = pattern(scope.module);
  return filter;
}

bool concerns(const v1::FindingReport& finding, const FilterMatch& match, model::HeapId heap) {
  for (const std::uint32_t stack :
       {finding.allocation_stack(), finding.free_stack(), finding.earlier_free_stack()})
    if (stack != 0 && match.passes({.stack = static_cast<model::StackId>(stack), .heap = heap})) return true;
  return false;
}

std::vector<std::string> faultsOf(const v1::Summary& summary) {
  std::vector<std::string> faults;
  if (summary.info().state() == v1::SESSION_CUT_SHORT) faults.emplace_back("it was cut short");
  if (isBeingRecorded(summary.info().state())) faults.emplace_back("it has not ended yet");
  if (summary.recording_stopped()) faults.emplace_back("recording was stopped before the process ended");
  if (const std::uint64_t dropped = summary.dropped_allocations() + summary.dropped_frees(); dropped != 0)
    faults.push_back(formatNumberOf(dropped, "event") + " were dropped (run --exact drops none)");
  return faults;
}

class Measuring {
 public:
  Measuring(JudgedSession& session, const LeakJudge& judge, MeasuredSession& measured)
      : m_session(session), m_judge(judge), m_measured(measured) {}

  Result<Measures> measure(const Rule& rule) {
    const v1::Summary& summary = *m_session.profile.summary;
    Measures measures;
    const auto heap = heapNamed(summary, rule.scope.heap);
    std::vector<v1::FindingReport>& findings = m_measured.findings[rule.name];
    if (!heap) {  // It has allocated nothing there.
      m_measured.idleRules.insert(rule.name);
      for (const MetricWord& word : kMetricWords) measures[word.metric] = 0;
      return measures;
    }
    auto match = FilterMatch::of(m_session.profile, filterOf(rule.scope, *heap));
    if (!match) return tl::unexpected(std::move(match.error()));
    for (const CostOfMetric& each : kCosts) {
      const auto known =
          rule.scope.isWhole() ? summaryValue(m_session.profile, each.cost, *heap) : std::nullopt;
      measures[each.metric] = known ? *known : client::StackCosts(m_session.profile, each.cost, *match).sum();
    }
    const client::SiteTable table = rule.scope.isWhole() ? client::SiteTable(m_session.profile)
                                                         : client::SiteTable(m_session.profile, *match);
    LeakReport leaks = judged(rule, table, *heap);
    if (!leaks.isLive) {
      measures[Metric::Leaked] = leaks.leaked().bytes;
      measures[Metric::LeakedBlocks] = leaks.leaked().blocks;
    }
    const auto withoutHistory = m_measured.withoutHistory.find(rule.name);
    // Also of what still runs, or was ended by a signal: that it grows is as true then.
    if (withoutHistory != m_measured.withoutHistory.end())
      measures[Metric::Growing] = leaks.sum(LeakKind::Growing).bytes;
    for (const v1::FindingReport& finding : m_session.findings)
      if (rule.scope.isWhole() || concerns(finding, *match, *heap)) findings.push_back(finding);
    measures[Metric::Findings] = findings.size();
    if (!rule.scope.isWhole() && table.size() == 0 && findings.empty())
      m_measured.idleRules.insert(rule.name);
    m_measured.atMost[rule.name] = atMostOf(table, leaks, measures, rule.scope.isWhole());
    m_measured.leaks.emplace(rule.name, std::move(leaks));
    return measures;
  }

 private:
  /// With histories of the whole program, and where it matters: a look at all events takes its time.
  LeakReport judged(const Rule& rule, const client::SiteTable& table, model::HeapId heap) {
    const bool isGrowthJudged = rule.limits[Metric::Growing] || rule.growth[Metric::Growing];
    if (!isGrowthJudged && !rule.scope.isWhole()) return m_judge.leaks(table, heap);
    LeakReport leaks = m_judge.judged(table, heap);
    std::size_t unknown = 0;
    for (const LeakGroup& group : leaks.groups)
      if (group.isLeak() && !group.history) ++unknown;
    if (isGrowthJudged) m_measured.withoutHistory[rule.name] = unknown;
    return leaks;
  }

  JudgedSession& m_session;
  const LeakJudge& m_judge;
  MeasuredSession& m_measured;
};

bool isProgramsOwn(const std::string& module, const client::Profile& profile) {
  const std::string& executable = profile.summary->executable();
  if (!executable.empty()) return module == executable;
  return !profile.definitions.modules.empty() && profile.definitions.modules[0].path == module;
}

}  // namespace

LeakKey keyOf(const LeakGroup& group, const client::Profile& profile) {
  const std::string module(group.place.module);
  // Where it is inlined, a function has no parameters in its name.
  return {.function = spokenFunctionName(validUtf8(canonicalName(group.place.function))),
          .module = isProgramsOwn(module, profile) ? std::string() : validUtf8(canonicalModule(module))};
}

CodePlace placeOf(const client::StackLine& line) {
  return {.function = std::string(line.function),
          .file = std::string(line.file),
          .module = std::string(line.module),
          .line = line.line,
          .pc = line.pc};
}

std::vector<CodePlace> placesOf(const client::Profile& profile, model::StackId stack) {
  std::vector<CodePlace> places;
  for (const client::StackLine& line : client::stackLines(profile, stack)) {
    if (places.size() == kMostPlaces) break;
    places.push_back(placeOf(line));
  }
  return places;
}

Result<MeasuredSession> measure(JudgedSession session, const Policy& policy, const LeakJudge& judge) {
  MeasuredSession measured;
  const v1::Summary& summary = *session.profile.summary;
  measured.name = session.name;
  measured.program = programOf(summary);
  measured.profile = session.profile;
  measured.faults = faultsOf(summary);
  Measuring measuring(session, judge, measured);
  auto whole = measuring.measure(policy.whole);
  if (!whole) return tl::unexpected(std::move(whole.error()));
  measured.measures.whole = *whole;
  for (const Rule& rule : policy.rules) {
    auto measures = measuring.measure(rule);
    if (!measures) return tl::unexpected(std::move(measures.error()));
    measured.measures.rules[rule.name] = *measures;
  }
  const LeakReport& leaks = measured.leaks.at(policy.whole.name);
  measured.isLive = leaks.isLive;
  if (!leaks.isLive)
    for (const LeakGroup& group : leaks.groups) {
      if (!group.isLeak()) continue;
      LeakSize& size = measured.measures.leaks[keyOf(group, measured.profile)];
      size.bytes += group.bytes;
      size.blocks += group.blocks;
    }
  return measured;
}

}  // namespace heaptap::analysis
