// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/comparison/common_stacks.h"
#include "analysis/comparison/noise.h"
#include "analysis/comparison/run_values.h"
#include "analysis/comparison/site_matching.h"
#include "client/profile.h"
#include "client/stack_costs.h"

namespace heaptap::analysis {

/// One recorded run of a program.
struct ComparedRun {
  std::string name;  ///< What the reader calls it.
  client::Profile profile;
  model::HeapId heap = model::kMallocHeap;
};

/// A stack of one of the runs, to show lines of.
struct Example {
  std::size_t run = 0;  ///< Of all, those before first.
  model::StackId stack{};
};

/// Squares of the standard errors of a number, of one run of each side; 0 where it is exact.
struct SideVariances {
  double before = 0;
  double after = 0;
};

struct SiteChange {
  std::uint32_t row = 0;  ///< Of Comparison::siteValues.
  SiteMatch match = SiteMatch::None;
  Change change = {};
  std::uint32_t node = 0;  ///< Of the stack as it is after, or before where it is only there.
  std::optional<Example> before = std::nullopt;  ///< The stack with the largest cost on the side.
  std::optional<Example> after = std::nullopt;
};

struct FunctionChange {
  std::uint32_t row = 0;       ///< Of Comparison::functionValues.
  std::uint32_t function = 0;  ///< Of Comparison::stacks.
  Change self = {};            ///< Allocated by the function itself.
  Change total = {};           ///< By it and by all that it called.
};

/// How the runs of one side differ from those of the other, by one cost.
/// Invariant: with one run on each side, the differences of all sites, those of all functions' own
///            allocations, and the difference of `sum` are the same number.
struct Comparison {
  client::Cost cost = client::Cost::LiveBytes;
  std::size_t runsBefore = 0;  ///< The first columns of the tables; the others are after.
  CommonStacks stacks;
  RunValues siteValues;
  std::vector<std::uint32_t> siteNodes;      ///< By row of `siteValues`: its stack, as SiteChange::node.
  std::vector<SideVariances> siteVariances;  ///< Likewise.
  /// Of what no sample of a side may have met: varianceOf(). Of numbers of bytes only.
  SideVariances unseen = {};
  RunValues functionValues;
  std::vector<SiteChange> sites;          ///< Those that differ: see the order below.
  std::vector<FunctionChange> functions;  ///< Those of which either number differs, likewise by `self`.
  std::uint64_t sameSites = 0;            ///< With a cost that does not differ.
  Change sum;                             ///< Of all sites.
  Change total;                           ///< As the summaries say: the same, but where they are estimates.
  std::vector<std::string> notes;         ///< What the reader must know, a line each.
};

/// Compares by function and by site. Rows that grew by more than noise come first, the largest growth first;
/// then those that shrank, the largest first; then noise. Equal ones keep the order of their stacks.
/// Precondition: a run on each side.
/// Cost: of time, linear in the stacks of all runs; of memory, 8 bytes for each stack and run.
[[nodiscard]] Comparison compare(const std::vector<ComparedRun>& before,
                                 const std::vector<ComparedRun>& after, client::Cost cost);

/// What the summaries say of a cost; of a snapshot, and where the summary does not say it, what its sites do.
[[nodiscard]] Change summaryChange(const std::vector<ComparedRun>& before,
                                   const std::vector<ComparedRun>& after, client::Cost cost);

}  // namespace heaptap::analysis
