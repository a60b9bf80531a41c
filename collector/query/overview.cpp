// SPDX-License-Identifier: Apache-2.0
#include "collector/query/overview.h"

#include <algorithm>

#include "collector/query/findings.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::query {
namespace {

/// Calls `use` with each pair that has counted anything, and its counters.
template <class Use>
void forEachPair(const SessionView& view, Use use) {
  const std::vector<model::PairCounters>& counters = view.counts.pairs;
  for (std::size_t i = 0; i < counters.size(); ++i)
    if (counters[i].allocations != 0) use(view.definitions.pairs[i], counters[i]);
}

/// What takes a look at every pair.
struct OverPairs {
  StackQuality quality;
  model::Slack slack;
  model::Estimates estimates;  ///< Of malloc's heap, where allocations are sampled.
};

OverPairs overPairs(const SessionView& view) {
  OverPairs all;
  const bool sampled = view.identity.sampleInterval != 0;
  forEachPair(view, [&](const model::Pair& pair, const model::PairCounters& counters) {
    all.slack.add(pair, counters);
    if (sampled && pair.heap == model::kMallocHeap) all.estimates.add(pair, counters);
    const std::uint32_t flags = view.definitions.stackFlags[index(pair.stack)];
    if (flags == 0) return;
    model::Estimate allocated;
    allocated.add(pair, counters.allocations);
    const std::uint64_t allocations = allocated.blocks();
    if ((flags & v1::FRAME_OVERFLOW) != 0) all.quality.unknown += allocations;
    if ((flags & v1::FRAME_TRUNCATED) != 0) all.quality.truncated += allocations;
    if ((flags & v1::FRAME_LOST) != 0) all.quality.lost += allocations;
    if ((flags & v1::FRAME_GUESSED) != 0) all.quality.guessed += allocations;
  });
  return all;
}

/// All that were ever used.
std::vector<OtherHeap> heapsOf(const SessionView& view) {
  std::vector<OtherHeap> heaps;
  for (std::size_t i = 0; i < view.counts.heaps.size(); ++i) {
    const auto id = static_cast<model::HeapId>(i + 1);
    const model::HeapTotals& totals = view.counts.heaps[i];
    if (totals.allocations != 0) heaps.push_back({id, view.definitions.heapName(id), totals});
  }
  return heaps;
}

std::vector<NamelessModule> namelessOf(const model::DefinitionsView& definitions) {
  std::vector<NamelessModule> nameless;
  const std::vector<model::NamesMissing> missing = definitions.namesMissing();
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] != model::NamesMissing::No) nameless.push_back({definitions.modules[i].path, missing[i]});
  return nameless;
}

/// What is known exactly goes before what the samples say.
model::Totals totalsOf(const SessionView& view, const std::optional<Sampling>& sampling) {
  model::Totals totals = view.counts.totals;
  if (!sampling) return totals;
  const model::Estimates& estimates = sampling->estimates;
  totals.temporaries = estimates.temporary.blocks();
  totals.allocations = view.relay.exact ? view.relay.exact->allocations : estimates.allocated.blocks();
  totals.allocatedBytes = view.relay.exact ? view.relay.exact->bytes : estimates.allocated.bytes();
  totals.frees = view.relay.exact ? view.relay.exact->frees : estimates.freed.blocks();
  return totals;
}

}  // namespace

std::uint64_t Overview::durationNs() const {
  return std::max(totals.lastEventNs, ending ? ending->endedNs : 0);
}

std::optional<std::uint64_t> Overview::maxRssBytes() const {
  if (!maxProgramRssBytes || !relay.targetMaxRssBytes) return maxProgramRssBytes;
  // The kernel's own maximum misses nothing between the samples; at that moment, heaptap had its largest
  // share or less.
  const std::uint64_t own = std::min(*maxOwnRssBytes, *relay.targetMaxRssBytes);
  return std::max(*maxProgramRssBytes, *relay.targetMaxRssBytes - own);
}

Overview overviewOf(const SessionView& view) {
  const std::vector<std::uint32_t> findings = standingFindings(view);
  std::uint64_t wrongUses = 0;
  for (const std::uint32_t id : findings) wrongUses += view.findings[id].count;
  const OverPairs pairs = overPairs(view);
  std::optional<Sampling> sampling;
  if (view.identity.sampleInterval != 0)
    sampling = Sampling{.interval = view.identity.sampleInterval,
                        .samples = view.counts.totals.allocations,
                        .estimates = pairs.estimates};
  return {.identity = view.identity,
          .ending = view.ending,
          .custody = view.custody,
          .totals = totalsOf(view, sampling),
          .lifetimes = view.history.lifetimes,
          .threads = view.definitions.threads.size(),
          .drops = view.drops,
          .relay = view.relay,
          .stacks = pairs.quality,
          .slack = pairs.slack,
          .liveBlocks = model::estimatedLiveBlocks(view.identity, view.counts.totals),
          .sampling = sampling,
          .findings = findings.size(),
          .wrongUses = wrongUses,
          .heaps = heapsOf(view),
          .marks = view.history.marks,
          .nameless = namelessOf(view.definitions),
          .unrecorded = view.unrecorded,
          .maxProgramRssBytes = view.history.resident.maxProgramBytes(),
          .maxOwnRssBytes = view.history.resident.maxOwnBytes()};
}

}  // namespace heaptap::query
