// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/stretch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "collector/replay/live_blocks.h"

namespace heaptap::replay {
namespace {

model::PairCounters counted(const std::vector<model::PairCounters>& pairs, std::size_t pair) {
  return pair < pairs.size() ? pairs[pair] : model::PairCounters();
}

/// Of two lists of the same order, what the second has more.
std::vector<model::FreeSites::Entry> freesBetween(const std::vector<model::FreeSites::Entry>& before,
                                                  const std::vector<model::FreeSites::Entry>& after) {
  std::vector<model::FreeSites::Entry> between;
  auto earlier = before.begin();
  const auto isBefore = [](const auto& a, const auto& b) {
    return std::pair(a.pair, a.stack) < std::pair(b.pair, b.stack);
  };
  for (model::FreeSites::Entry entry : after) {
    while (earlier != before.end() && isBefore(*earlier, entry)) ++earlier;
    if (earlier != before.end() && earlier->pair == entry.pair && earlier->stack == entry.stack)
      entry.frees -= std::min(entry.frees, earlier->frees);
    if (entry.frees != 0) between.push_back(entry);
  }
  return between;
}

}  // namespace

void addUp(model::Counts& counts, const model::DefinitionsView& definitions) {
  counts.heaps.assign(definitions.heaps() - 1, {});
  for (std::size_t i = 0; i < counts.pairs.size(); ++i) {
    const model::Pair& pair = definitions.pairs[i];
    const model::PairCounters& counters = counts.pairs[i];
    const auto add = [&](auto& totals) {
      totals.allocations += counters.allocations;
      totals.frees += counters.frees();
      totals.allocatedBytes += counters.allocations * pair.bytes();
      totals.liveBytes += counters.live * pair.bytes();
    };
    if (pair.heap == model::kMallocHeap) {
      add(counts.totals);
      counts.totals.temporaries += counters.temporaries;
    } else {
      add(counts.heaps[index(pair.heap) - 1]);
    }
  }
  counts.totals.estimate = model::estimatedTotals(counts.pairs, definitions);
}

Result<model::Counts> countsOfStretch(StoredEvents& events, const Instant& from, const Instant& to,
                                      OfStretch which) {
  if (from.place.total > to.place.total)
    return failure(Code::Usage, "interval", "it ends before it begins", "give a later end");
  const model::Counts& before = from.counters.counts;
  const model::Counts& after = to.counters.counts;
  model::Counts counts;
  counts.totals.lastEventNs = after.totals.lastEventNs;
  counts.pairs.resize(after.pairs.size());
  const auto countLive = [&](const model::LiveBlock& block) -> Result<void> {
    if (index(block.pair) >= counts.pairs.size())
      return failure(Code::Corrupt, "event batch", "a block of a pair that has counted nothing");
    ++counts.pairs[index(block.pair)].live;
    return {};
  };
  return forEachLiveBlock(events, to.place, from.place.numbered, countLive)
      .and_then([&]() -> Result<model::Counts> {
        for (std::size_t i = 0; i < counts.pairs.size(); ++i) {
          const model::PairCounters a = counted(before.pairs, i);
          const model::PairCounters& b = after.pairs[i];
          model::PairCounters& pair = counts.pairs[i];
          const std::uint64_t allocations = b.allocations - a.allocations;
          const std::uint64_t grown = pair.live;
          if (b.allocations < a.allocations || b.temporaries < a.temporaries || grown > allocations ||
              a.live + grown < b.live)
            return failure(Code::Corrupt, "event batch", "what is live does not agree with what was counted");
          const std::uint64_t gone = a.live + grown - b.live;
          pair = which == OfStretch::Gone
                     ? model::PairCounters{.allocations = gone, .live = gone}
                     : model::PairCounters{
                           .allocations = allocations,
                           .live = grown,
                           .temporaries = std::min(b.temporaries - a.temporaries, allocations - grown)};
        }
        if (which == OfStretch::Grown) counts.freeSites = freesBetween(before.freeSites, after.freeSites);
        addUp(counts, events.definitions());
        return std::move(counts);
      });
}

}  // namespace heaptap::replay
