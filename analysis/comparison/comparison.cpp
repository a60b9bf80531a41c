// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/comparison.h"

#include <algorithm>
#include <span>
#include <utility>

#include "analysis/comparison/comparison_notes.h"
#include "analysis/comparison/function_changes.h"
#include "analysis/comparison/unnamed_functions.h"
#include "client/filter.h"

namespace heaptap::analysis {
namespace {

using client::Cost;
using client::FilterMatch;
using client::StackCosts;
using model::index;

/// Everything that a heap has. A filter without texts has no error.
FilterMatch onlyHeap(const ComparedRun& run) {
  return FilterMatch::of(run.profile, client::Filter{.heap = run.heap}).value_or(FilterMatch());
}

/// The numbers of all runs, by node.
struct NodeNumbers {
  RunValues values;
  Presence present;
  std::vector<std::vector<double>> variances;  ///< By run, then by node; empty where the run is exact.
  std::vector<std::uint64_t> totals;           ///< By run.
  struct Largest {
    std::uint64_t cost = 0;
    std::optional<Example> example;
  };
  std::vector<Largest> before;
  std::vector<Largest> after;

  [[nodiscard]] double variance(std::size_t run, std::uint32_t node) const {
    return variances[run].empty() ? 0 : variances[run][node];
  }
};

std::uint64_t totalOf(const ComparedRun& run, Cost cost, const StackCosts& costs) {
  return summaryValue(run.profile, cost, run.heap).value_or(costs.sum());
}

void addRun(NodeNumbers& numbers, const ComparedRun& run, std::size_t column, bool isBefore, Cost cost,
            const std::vector<std::uint32_t>& nodeOf) {
  const FilterMatch filter = onlyHeap(run);
  const StackCosts costs(run.profile, cost, filter);
  const auto used = usedStacks(run.profile, filter);
  const auto variances = variancesOf(run.profile, cost, filter);
  if (!variances.empty()) numbers.variances[column].resize(numbers.values.rows(), 0);
  auto& largest = isBefore ? numbers.before : numbers.after;
  for (std::uint32_t i = 0; i < nodeOf.size(); ++i) {
    if (used[i] == 0) continue;
    const std::uint32_t node = nodeOf[i];
    const std::uint64_t self = costs.self(static_cast<model::StackId>(i));
    numbers.values.at(node, column) += self;
    numbers.present[node] |= isBefore ? kBefore : kAfter;
    if (!variances.empty()) numbers.variances[column][node] += variances[i];
    NodeNumbers::Largest& most = largest[node];
    if (!most.example || self > most.cost) most = {self, Example{column, static_cast<model::StackId>(i)}};
  }
  numbers.totals.push_back(totalOf(run, cost, costs));
}

/// By function: the sides on which a stack that allocates goes through it.
Presence functionsSeen(const CommonStacks& stacks, Presence present) {
  Presence seen(stacks.functions().size(), 0);
  for (std::size_t i = present.size(); i-- > 0;) {
    seen[stacks.nodes()[i].function] |= present[i];
    if (i != 0) present[stacks.nodes()[i].parent] |= present[i];
  }
  return seen;
}

int rank(const Change& change) {
  if (change.isNoise()) return 2;
  return change.grew() ? 0 : 1;
}

bool isBefore(const Change& a, const Change& b) {
  return rank(a) != rank(b) ? rank(a) < rank(b) : a.magnitude() > b.magnitude();
}

/// Numbers of rows that are made of nodes.
class Rows {
 public:
  Rows(RunValues values, const Comparison& comparison)
      : m_values(std::move(values)), m_runsBefore(comparison.runsBefore), m_unseen(comparison.unseen) {
    m_variances.resize(m_values.rows());
  }
  void addVariances(std::uint32_t row, const NodeNumbers& numbers, std::uint32_t node) {
    // That of the one run is that of the median, or more.
    double before = 0;
    double after = 0;
    for (std::size_t run = 0; run < m_values.runs(); ++run) {
      double& side = run < m_runsBefore ? before : after;
      side = std::max(side, numbers.variance(run, node));
    }
    m_variances[row].before += before;
    m_variances[row].after += after;
  }
  [[nodiscard]] Change change(std::uint32_t row) const {
    const auto before = m_values.row(row).first(m_runsBefore);
    const auto after = m_values.row(row).subspan(m_runsBefore);
    return changeOf(before, after, varianceOf(before, m_variances[row].before, m_unseen.before),
                    varianceOf(after, m_variances[row].after, m_unseen.after));
  }
  [[nodiscard]] RunValues& values() { return m_values; }
  [[nodiscard]] std::vector<SideVariances>& variances() { return m_variances; }

 private:
  RunValues m_values;
  std::size_t m_runsBefore;
  SideVariances m_unseen;
  std::vector<SideVariances> m_variances;
};

bool hasAny(std::span<const std::uint64_t> values) {
  return std::any_of(values.begin(), values.end(), [](std::uint64_t value) { return value != 0; });
}

void addSites(Comparison& result, const NodeNumbers& numbers, const SiteRows& siteRows) {
  const std::size_t runs = numbers.values.runs();
  Rows rows(RunValues(siteRows.matches.size(), runs), result);
  std::vector<SiteChange> all(siteRows.matches.size());
  std::vector<NodeNumbers::Largest> before(all.size());
  std::vector<NodeNumbers::Largest> after(all.size());
  for (std::uint32_t node = 0; node < siteRows.rowOf.size(); ++node) {
    const std::uint32_t row = siteRows.rowOf[node];
    if (row == SiteRows::kNoRow) continue;
    rows.values().add(row, numbers.values.row(node));
    rows.addVariances(row, numbers, node);
    const auto keepLarger = [](NodeNumbers::Largest& known, const NodeNumbers::Largest& other) {
      const bool isLarger = other.example && (!known.example || other.cost > known.cost);
      if (isLarger) known = other;
      return isLarger;
    };
    const bool isOnlyBefore = !after[row].example;
    if (keepLarger(before[row], numbers.before[node]) && isOnlyBefore) all[row].node = node;
    if (keepLarger(after[row], numbers.after[node])) all[row].node = node;
  }
  result.siteNodes.reserve(all.size());
  for (std::uint32_t row = 0; row < all.size(); ++row) {
    SiteChange& site = all[row];
    result.siteNodes.push_back(site.node);
    site.row = row;
    site.match = siteRows.matches[row];
    site.change = rows.change(row);
    site.before = before[row].example;
    site.after = after[row].example;
    if (site.change.magnitude() != 0)
      result.sites.push_back(site);
    else if (hasAny(rows.values().row(row)))
      ++result.sameSites;
  }
  std::stable_sort(result.sites.begin(), result.sites.end(),
                   [](const SiteChange& a, const SiteChange& b) { return isBefore(a.change, b.change); });
  result.siteValues = std::move(rows.values());
  result.siteVariances = std::move(rows.variances());
}

void addFunctions(Comparison& result, const NodeNumbers& numbers, const Presence& seen) {
  FunctionRows functions = functionRows(result.stacks, seen, numbers.values);
  Rows self(functions.self, result);
  for (std::uint32_t node = 0; node < numbers.values.rows(); ++node)
    self.addVariances(functions.rowOf[result.stacks.nodes()[node].function], numbers, node);
  const Rows total(std::move(functions.total), result);
  for (std::uint32_t row = 0; row < functions.functions.size(); ++row) {
    const FunctionChange change{.row = row,
                                .function = functions.functions[row],
                                .self = self.change(row),
                                .total = total.change(row)};
    if (change.self.magnitude() != 0 || change.total.magnitude() != 0) result.functions.push_back(change);
  }
  std::stable_sort(result.functions.begin(), result.functions.end(),
                   [](const FunctionChange& a, const FunctionChange& b) {
                     // Those with allocations of their own first: the others are on the way to them.
                     if ((a.self.magnitude() != 0) != (b.self.magnitude() != 0))
                       return a.self.magnitude() != 0;
                     return a.self.magnitude() != 0 ? isBefore(a.self, b.self) : isBefore(a.total, b.total);
                   });
  result.functionValues = std::move(self.values());
}

/// Of all rows together, by run.
std::vector<std::uint64_t> sumsOf(const RunValues& values) {
  std::vector<std::uint64_t> sums(values.runs(), 0);
  for (std::size_t row = 0; row < values.rows(); ++row)
    for (std::size_t run = 0; run < sums.size(); ++run) sums[run] += values.row(row)[run];
  return sums;
}

/// An interval between samples is what one of them stands for, and so the error where there is none.
double unseenOf(const std::vector<ComparedRun>& runs, Cost cost) {
  double interval = 0;
  for (const ComparedRun& run : runs)
    if (isOfBytes(cost) && run.heap == model::kMallocHeap && run.profile.isSampled())
      interval = std::max(interval, static_cast<double>(run.profile.summary->sampling().interval()));
  return interval * interval;
}

/// Squares of the errors that the summaries of one side state: the largest.
double statedVariance(const std::vector<ComparedRun>& runs, Cost cost) {
  double error = 0;
  for (const ComparedRun& run : runs) {
    if (run.heap != model::kMallocHeap || !run.profile.isSampled()) continue;
    const v1::Sampling& sampling = run.profile.summary->sampling();
    switch (cost) {
      case Cost::LiveBytes: error = std::max(error, sampling.live_bytes_error()); break;
      case Cost::LiveBlocks: error = std::max(error, sampling.live_blocks_error()); break;
      case Cost::PeakBytes: error = std::max(error, sampling.peak_bytes_error()); break;
      case Cost::Temporaries: error = std::max(error, sampling.temporaries_error()); break;
      case Cost::Allocations:
      case Cost::AllocatedBytes: break;  // Counted.
    }
  }
  return error * error;
}

bool isCounted(Cost cost) { return cost == Cost::Allocations || cost == Cost::AllocatedBytes; }

double totalVariance(const NodeNumbers& numbers, std::size_t first, std::size_t end) {
  double most = 0;
  for (std::size_t run = first; run < end; ++run) {
    double variance = 0;
    for (const double part : numbers.variances[run]) variance += part;
    most = std::max(most, variance);
  }
  return most;
}

}  // namespace

Comparison compare(const std::vector<ComparedRun>& before, const std::vector<ComparedRun>& after, Cost cost) {
  Comparison result;
  result.cost = cost;
  result.runsBefore = before.size();
  result.unseen = {.before = unseenOf(before, cost), .after = unseenOf(after, cost)};
  std::vector<const ComparedRun*> runs;
  for (const ComparedRun& run : before) runs.push_back(&run);
  for (const ComparedRun& run : after) runs.push_back(&run);

  UnnamedFunctions unnamed;
  for (const ComparedRun* run : runs) unnamed.add(run->profile);
  const std::vector<UnnamedFunctions::Ordinals> ordinals = unnamed.ordinals();
  std::vector<std::vector<std::uint32_t>> nodeOf;
  for (std::size_t i = 0; i < runs.size(); ++i)
    nodeOf.push_back(result.stacks.add(runs[i]->profile, ordinals[i]));
  const std::size_t nodes = result.stacks.nodes().size();
  NodeNumbers numbers{.values = RunValues(nodes, runs.size()),
                      .present = Presence(nodes, 0),
                      .variances = std::vector<std::vector<double>>(runs.size()),
                      .totals = {},
                      .before = std::vector<NodeNumbers::Largest>(nodes),
                      .after = std::vector<NodeNumbers::Largest>(nodes)};
  for (std::size_t i = 0; i < runs.size(); ++i)
    addRun(numbers, *runs[i], i, i < before.size(), cost, nodeOf[i]);

  const Presence seen = functionsSeen(result.stacks, numbers.present);
  const SiteRows siteRows = matchSites(result.stacks, numbers.present, seen);
  addSites(result, numbers, siteRows);
  addFunctions(result, numbers, seen);

  const double varianceBefore = totalVariance(numbers, 0, before.size());
  const double varianceAfter = totalVariance(numbers, before.size(), runs.size());
  const auto changeOfAll = [&](const std::vector<std::uint64_t>& values) {
    const std::span<const std::uint64_t> all(values);
    const auto first = all.first(before.size());
    const auto second = all.subspan(before.size());
    return changeOf(first, second, varianceOf(first, varianceBefore, result.unseen.before),
                    varianceOf(second, varianceAfter, result.unseen.after));
  };
  result.sum = changeOfAll(sumsOf(result.siteValues));
  result.total = changeOfAll(numbers.totals);
  const bool hasSimilar = std::find(siteRows.matches.begin(), siteRows.matches.end(), SiteMatch::Similar) !=
                          siteRows.matches.end();
  result.notes = comparisonNotes(before, after, result.stacks, seen, hasSimilar);
  return result;
}

Change summaryChange(const std::vector<ComparedRun>& before, const std::vector<ComparedRun>& after,
                     Cost cost) {
  const auto valuesOf = [cost](const std::vector<ComparedRun>& runs) {
    std::vector<std::uint64_t> values;
    for (const ComparedRun& run : runs) {
      const auto value = summaryValue(run.profile, cost, run.heap);
      values.push_back(value ? *value : StackCosts(run.profile, cost, onlyHeap(run)).sum());
    }
    return values;
  };
  const std::vector<std::uint64_t> first = valuesOf(before);
  const std::vector<std::uint64_t> second = valuesOf(after);
  if (isCounted(cost)) return changeOf(first, second);
  return changeOf(first, second, varianceOf(first, statedVariance(before, cost), unseenOf(before, cost)),
                  varianceOf(second, statedVariance(after, cost), unseenOf(after, cost)));
}

}  // namespace heaptap::analysis
