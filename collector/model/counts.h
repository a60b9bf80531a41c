// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "collector/model/definitions.h"
#include "collector/model/free_sites.h"
#include "collector/model/heap_totals.h"
#include "collector/model/pair.h"
#include "collector/model/totals.h"

namespace heaptap::model {

/// What a session has counted at one instant: now, at its end, or at a snapshot. With the session's
/// definitions it is all that sites, trees and histograms are computed from.
struct Counts {
  Totals totals;                            ///< Of malloc's heap; the last event may be any heap's.
  std::vector<HeapTotals> heaps;            ///< Of heaps from 1; those that are defined later have none.
  std::vector<PairCounters> pairs;          ///< By PairId; pairs that are defined later have counted nothing.
  std::vector<FreeSites::Entry> freeSites;  ///< By pair, then by stack.

  bool operator==(const Counts&) const = default;
};

/// Allocations of all heaps, which are numbered together.
std::uint64_t numberedBy(const Counts& counts);
/// Allocations and frees of all heaps, as they were recorded.
std::uint64_t eventsOf(const Counts& counts);

/// What the recorded allocations stand for. All zero where none is sampled.
/// Precondition: the pairs are defined.
EstimatedTotals estimatedTotals(const std::vector<PairCounters>& pairs, const DefinitionsView& definitions);

}  // namespace heaptap::model
