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
    const std::uint64_t allocations = record.model.counters(id).allocations;
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

}  // namespace

std::uint64_t Overview::durationNs() const {
  return std::max(totals.lastEventNs, ending ? ending->endedNs : 0);
}

Overview overviewOf(const model::SessionRecord& record, const Custody& custody) {
  const std::vector<std::uint32_t> findings = standingFindings(record);
  std::uint64_t wrongUses = 0;
  for (const std::uint32_t id : findings) wrongUses += record.findings[id].count;
  return {.identity = record.identity,
          .ending = record.ending,
          .custody = custody,
          .totals = record.model.totals(),
          .lifetimes = record.model.lifetimes(),
          .threads = record.threads.size(),
          .dropped = record.dropped,
          .relay = record.relay,
          .stacks = qualityOf(record),
          .slack = slackOf(record.model),
          .findings = findings.size(),
          .wrongUses = wrongUses,
          .marks = record.marks};
}

}  // namespace heaptap::query
