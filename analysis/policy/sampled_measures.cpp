// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/sampled_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/leaks/unfreed.h"

namespace heaptap::analysis {
namespace {

/// Of all sites of the table together.
double errorOf(const client::SiteTable& table, model::HeapId heap, double client::SiteErrors::*error) {
  double variance = 0;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    if (table.key(site).heap != heap) continue;
    if (const auto errors = table.errors(site)) variance += (*errors).*error * ((*errors).*error);
  }
  return std::sqrt(variance);
}

double growingError(const LeakReport& leaks) {
  double variance = 0;
  for (const LeakGroup& group : leaks.groups)
    if (group.kind == LeakKind::Growing) variance += group.bytesError() * group.bytesError();
  return std::sqrt(variance);
}

}  // namespace

Measures atMostOf(const client::SiteTable& table, const LeakReport& leaks, const Measures& measures,
                  bool isWhole) {
  Measures most = {};
  const v1::Summary& summary = *table.profile().summary;
  const auto unfreed = unfreedOf(summary);
  if (!unfreed || leaks.heap != model::kMallocHeap) return most;
  const std::uint64_t interval = summary.sampling().interval();
  // What was counted of the whole program is a limit for each of its parts.
  const std::uint64_t allocated =
      unfreed->blocks ? summary.allocated_bytes() : std::numeric_limits<std::uint64_t>::max();
  const auto bytes = [&](Metric metric, double error, std::uint64_t limit) {
    if (measures[metric]) most[metric] = std::min(mostOf(*measures[metric], error, interval), limit);
  };
  const std::uint64_t left = unfreed->isNothing() ? 0 : allocated;
  bytes(Metric::Leaked, leaks.leakedBytesError(), left);
  bytes(Metric::Growing, growingError(leaks), left);
  bytes(Metric::Peak, errorOf(table, leaks.heap, &client::SiteErrors::peakBytes), allocated);
  // Small blocks are many, so that no estimate of bytes limits their number.
  if (measures[Metric::LeakedBlocks])
    most[Metric::LeakedBlocks] = unfreed->blocks.value_or(std::numeric_limits<std::uint64_t>::max());
  if (measures[Metric::Temporary]) most[Metric::Temporary] = std::min(summary.allocations(), summary.frees());
  if (isWhole) return most;
  bytes(Metric::Allocated, errorOf(table, leaks.heap, &client::SiteErrors::allocatedBytes), allocated);
  if (measures[Metric::Allocations]) most[Metric::Allocations] = summary.allocations();
  return most;
}

}  // namespace heaptap::analysis
