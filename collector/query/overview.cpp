// SPDX-License-Identifier: Apache-2.0
#include "collector/query/overview.h"

#include <algorithm>

#include "collector/query/findings.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::query {
namespace {

StackQuality qualityOf(const model::SessionRecord& record) {
  StackQuality quality;
  for (std::size_t i = 0; i < record.model.pairs(); ++i) {
    const auto id = static_cast<model::PairId>(i);
    const std::uint32_t flags = record.stacks.flags(record.model.pair(id).stack);
    if (flags == 0) continue;
    Estimate allocated;
    allocated.add(record.model.pair(id), record.model.counters(id).allocations);
    const std::uint64_t allocations = allocated.blocks();
    if ((flags & v1::FRAME_OVERFLOW) != 0) quality.unknown += allocations;
    if ((flags & v1::FRAME_TRUNCATED) != 0) quality.truncated += allocations;
    if ((flags & v1::FRAME_LOST) != 0) quality.lost += allocations;
    if ((flags & v1::FRAME_GUESSED) != 0) quality.guessed += allocations;
  }
  return quality;
}

Slack slackOf(const model::SessionModel& model) {
  Slack slack;
  for (std::size_t i = 0; i < model.pairs(); ++i) {
    const auto id = static_cast<model::PairId>(i);
    slack.add(model.pair(id), model.counters(id));
  }
  return slack;
}

/// All that were ever used.
std::vector<OtherHeap> heapsOf(const model::SessionRecord& record) {
  std::vector<OtherHeap> heaps;
  for (std::size_t i = 1; i < record.model.heaps(); ++i) {
    const auto id = static_cast<model::HeapId>(i);
    if (record.model.totals(id).allocations != 0)
      heaps.push_back({id, record.heapName(id), record.model.totals(id)});
  }
  return heaps;
}

std::vector<model::Module> namelessOf(const model::SessionRecord& record) {
  std::vector<model::Module> nameless;
  for (const model::Module& module : record.modules)
    if (module.missing != model::NamesMissing::No) nameless.push_back(module);
  return nameless;
}

std::optional<Sampling> samplingOf(const model::SessionRecord& record) {
  if (record.identity.sampleInterval == 0) return std::nullopt;
  Sampling sampling{.interval = record.identity.sampleInterval, .samples = record.model.totals().allocations};
  for (std::size_t i = 0; i < record.model.pairs(); ++i) {
    const auto id = static_cast<model::PairId>(i);
    if (record.model.pair(id).heap != model::kMallocHeap) continue;
    sampling.estimates.add(record.model.pair(id), record.model.counters(id));
  }
  return sampling;
}

/// What is known exactly goes before what the samples say.
model::Totals totalsOf(const model::SessionRecord& record, const std::optional<Sampling>& sampling) {
  model::Totals totals = record.model.totals();
  if (!sampling) return totals;
  const Estimates& estimates = sampling->estimates;
  totals.temporaries = estimates.temporary.blocks();
  totals.allocations = record.relay.exact ? record.relay.exact->allocations : estimates.allocated.blocks();
  totals.allocatedBytes = record.relay.exact ? record.relay.exact->bytes : estimates.allocated.bytes();
  totals.frees = record.relay.exact ? record.relay.exact->frees : estimates.freed.blocks();
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

Overview overviewOf(const model::SessionRecord& record, const Custody& custody) {
  const std::vector<std::uint32_t> findings = standingFindings(record);
  std::uint64_t wrongUses = 0;
  for (const std::uint32_t id : findings) wrongUses += record.findings[id].count;
  const std::optional<Sampling> sampling = samplingOf(record);
  return {.identity = record.identity,
          .ending = record.ending,
          .custody = custody,
          .totals = totalsOf(record, sampling),
          .lifetimes = record.model.lifetimes(),
          .threads = record.threads.size(),
          .drops = record.drops,
          .relay = record.relay,
          .stacks = qualityOf(record),
          .slack = slackOf(record.model),
          .liveBlocks = record.estimatedLiveBlocks(),
          .sampling = sampling,
          .findings = findings.size(),
          .wrongUses = wrongUses,
          .heaps = heapsOf(record),
          .marks = record.marks,
          .nameless = namelessOf(record),
          .unrecorded = record.unrecorded,
          .maxProgramRssBytes = record.resident.maxProgramBytes(),
          .maxOwnRssBytes = record.resident.maxOwnBytes()};
}

}  // namespace heaptap::query
