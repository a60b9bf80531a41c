// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/record_builder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "blob/blob_codec.h"
#include "collector/ingest/corrupt.h"
#include "collector/ingest/counters_check.h"
#include "collector/ingest/finding_reader.h"
#include "collector/ingest/hello_reader.h"
#include "collector/ingest/limits.h"
#include "collector/ingest/sums_check.h"
#include "collector/ingest/sums_reader.h"

namespace heaptap::ingest {
namespace {

bool addsUp(std::uint64_t a, std::uint64_t b) { return b <= std::numeric_limits<std::uint64_t>::max() - a; }

/// What is said around the sums and the columns of a batch.
Result<void> checkFrame(const v1::CountedBatch& batch, const model::SessionRecord& record) {
  const model::SessionModel& model = record.model;
  const auto wrong = [](std::string what) { return corrupt("counted batch", std::move(what)); };
  if (batch.events() == 0 || batch.events() > kMaxBatchEvents)
    return wrong(std::to_string(batch.events()) + " events, 1 to " + std::to_string(kMaxBatchEvents) +
                 " allowed");
  if (batch.first_allocation() != model.numbered())
    return wrong("first_allocation is " + std::to_string(batch.first_allocation()) + ", expected " +
                 std::to_string(model.numbered()));
  const std::uint64_t last = model.totals().lastEventNs;
  if (batch.base_time_ns() < last || batch.end_time_ns() < batch.base_time_ns() ||
      batch.end_time_ns() > kMaxTimeNs)
    return wrong("times from " + std::to_string(batch.base_time_ns()) + " to " +
                 std::to_string(batch.end_time_ns()) + ", the event before was at " + std::to_string(last));
  if (batch.columns().empty() && record.identity.withoutEvents) return {};
  // Readers of the file will decompress them.
  return plainBytes(batch.columns()).and_then([&](std::size_t plain) -> Result<void> {
    const std::size_t bytes = std::max(plain, batch.columns().size());
    if (bytes <= maxColumnBytes(batch.events())) return {};
    return wrong(std::to_string(bytes) + " bytes of columns for " + std::to_string(batch.events()) +
                 " events");
  });
}

}  // namespace

RecordBuilder::RecordBuilder(model::Identity identity, Use use)
    : m_isCounting(use == Use::Count), m_batches(identity.timeUnitNs), m_keyframes(identity.timeUnitNs) {
  m_record.identity = std::move(identity);
}

Result<RecordBuilder> RecordBuilder::begin(const v1::Hello& hello, Use use) {
  return readHello(hello).map(
      [use](model::Identity identity) { return RecordBuilder(std::move(identity), use); });
}

void RecordBuilder::addRows() {
  const model::DefinitionsView& now = m_record.definitions.now();
  model::SessionModel& model = m_record.model;
  while (model.threads() < now.threads.size()) model.addThread();
  while (model.heaps() < now.heaps()) model.addHeap();
  while (model.pairs() < now.pairs.size()) model.addPair(now.pairs[model.pairs()]);
}

void RecordBuilder::makeReadyToCount() {
  if (std::exchange(m_isCounting, true)) return;
  addRows();
  if (m_restored) m_record.model.restore(*m_restored);
  m_restored.reset();
}

model::SessionCounters RecordBuilder::takeCounters() {
  return m_restored ? *std::exchange(m_restored, std::nullopt) : m_record.model.counters();
}

template <class Message>
Result<void> RecordBuilder::define(const Message& message) {
  return m_definitions.apply(message, m_record.definitions).map([&] {
    if (m_isCounting) addRows();
  });
}

Result<void> RecordBuilder::apply(const v1::Modules& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::ModuleNames& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::Threads& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::Frames& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::StackNodes& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::Heaps& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::Pairs& message) { return define(message); }
Result<void> RecordBuilder::apply(const v1::Symbols& message) { return define(message); }

Result<void> RecordBuilder::apply(const v1::EventBatch& message) {
  if (m_record.identity.withoutEvents)
    return corrupt("event batch", "single events, in a session that is recorded without");
  makeReadyToCount();
  m_record.spans.clear();
  m_spans.breakOff();
  return m_batches.apply(message, m_record.definitions.now().stacks.size(), m_record.model);
}

Result<void> RecordBuilder::apply(const v1::CountedBatch& message) {
  makeReadyToCount();
  m_record.spans.clear();
  model::SessionModel& model = m_record.model;
  return checkFrame(message, m_record)
      .and_then([&] { return readSums(message, m_record.definitions.now().stacks.size(), model); })
      .and_then([&](const counting::BatchSums& sums) {
        return checkSums(sums, model).map([&] {
          model.merge(sums);
          m_batches.follow(sums, model);
          addToSpans(message, sums);
        });
      });
}

void RecordBuilder::addToSpans(const v1::CountedBatch& message, const counting::BatchSums& sums) {
  // Without events they would grow without end.
  if (m_record.identity.withoutEvents) return;
  if (!sums.hasAllocators) return m_spans.breakOff();
  m_spans.add({.firstEvent = m_record.model.events() - message.events(),
               .firstAllocation = message.first_allocation(),
               .events = message.events(),
               .fromNs = message.base_time_ns(),
               .toNs = message.end_time_ns(),
               .bytes = message.columns().size()},
              sums, m_record.spans);
}

Result<void> RecordBuilder::apply(const v1::Keyframe& message) {
  // It was the collector who wanted none, and the relay did not know yet.
  if (m_record.identity.withoutEvents) return {};
  makeReadyToCount();
  return m_keyframes.apply(message, m_record.model);
}

Result<void> RecordBuilder::apply(const v1::Gap& message) {
  if (message.thread() > m_record.definitions.now().threads.size())
    return corrupt("gap", "a thread that is not defined");
  if (message.from_ns() > message.to_ns() || message.to_ns() > kMaxTimeNs) {
    return corrupt("gap", "an end before the start, or a time beyond 146 years");
  }
  if (!v1::DropReason_IsValid(message.reason())) return corrupt("gap", "an unknown reason");
  const model::Dropped total = m_record.drops.total();
  if (!addsUp(total.allocations, message.allocations()) || !addsUp(total.bytes, message.allocated_bytes()) ||
      !addsUp(total.frees, message.frees())) {
    return corrupt("gap", "the dropped events of the session exceed 2^64");
  }
  model::Dropped& dropped = m_record.drops.of(static_cast<model::DropReason>(message.reason()));
  dropped.allocations += message.allocations();
  dropped.bytes += message.allocated_bytes();
  dropped.frees += message.frees();
  return {};
}

Result<void> RecordBuilder::apply(const v1::Counters& message) {
  const auto known = [](std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional<std::uint64_t>(value);
  };
  model::RelayCounters& relay = m_record.relay;
#define HEAPTAP_RELAY_COUNTER(member, field, ...) relay.member = message.field();
#define HEAPTAP_RELAY_MEASURE(member, field) relay.member = known(message.field());
#include "base/relay_counters.def"
  relay.bypassed = (message.bypassed() & 1) != 0;
  relay.lookedPast = (message.bypassed() & 2) != 0;
  relay.exact.reset();
  if (message.has_exact())
    relay.exact = {.allocations = message.exact().allocations(),
                   .bytes = message.exact().allocated_bytes(),
                   .frees = message.exact().frees()};
  return {};
}

Result<void> RecordBuilder::apply(const v1::Findings& message) {
  std::vector<model::Finding> findings = m_record.findings;
  for (const auto& finding : message.findings()) {
    if (auto applied = applyFinding(finding, m_record.definitions.now(), findings); !applied) return applied;
  }
  m_record.findings = std::move(findings);
  return {};
}

Result<void> RecordBuilder::apply(const v1::Mark& message) {
  makeReadyToCount();
  using Snapshot = model::Mark::Snapshot;
  const model::Totals& totals = m_record.model.totals();
  const bool fits =
      m_snapshots < kMaxSnapshots &&
      m_record.model.pairs() <= kMaxSnapshotPairs - std::min(kMaxSnapshotPairs, m_snapshotPairs);
  return restore(model::Mark{.name = message.name(),
                             .atNs = message.at_ns(),
                             .liveBytes = totals.liveBytes,
                             .liveBlocks = model::estimatedLiveBlocks(m_record.identity, totals),
                             .allocations = model::estimatedAllocations(m_record.identity, totals),
                             .liveVariance = totals.estimate.liveVariance,
                             .snapshot = !message.snapshot() ? Snapshot::None
                                         : fits              ? Snapshot::Kept
                                                             : Snapshot::NotKept});
}

Result<void> RecordBuilder::restore(const model::Mark& mark) {
  if (m_record.marks.size() == kMaxMarks) return corrupt("mark", "more than a session may have");
  if (mark.name.size() > kMaxTextBytes || mark.atNs > kMaxTimeNs)
    return corrupt("mark", "a name that is too long, or a time beyond 146 years");
  m_record.marks.push_back(mark);
  if (mark.snapshot == model::Mark::Snapshot::Kept) {
    ++m_snapshots;
    m_snapshotPairs += m_record.definitions.now().pairs.size();
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::ResidentMemory& message) {
  const int count = message.at_ns_size();
  if (message.rss_bytes_size() != count || message.pss_bytes_size() != count ||
      message.pool_bytes_size() != count)
    return corrupt("resident memory", "the columns differ in length");
  if (!fits(m_residentSamples, count, kMaxResidentSamples))
    return corrupt("resident memory", "more than a session may have");
  const auto& samples = m_record.resident.samples();
  std::uint64_t last = samples.empty() ? 0 : samples.back().atNs;
  for (int i = 0; i < count; ++i) {
    if (message.at_ns(i) < last || message.at_ns(i) > kMaxTimeNs)
      return corrupt("resident memory", "a time before the last one, or beyond 146 years");
    if (std::max({message.rss_bytes(i), message.pss_bytes(i), message.pool_bytes(i)}) > kMaxBlockBytes)
      return corrupt("resident memory", "a size beyond any address space");
    last = message.at_ns(i);
  }
  const auto known = [](std::uint64_t bytes) { return bytes == 0 ? std::nullopt : std::optional(bytes); };
  for (int i = 0; i < count; ++i)
    m_record.resident.add({.atNs = message.at_ns(i),
                           .rssBytes = message.rss_bytes(i),
                           .pssBytes = known(message.pss_bytes(i)),
                           .ownBytes = known(message.pool_bytes(i))});
  m_residentSamples += static_cast<std::size_t>(count);
  return {};
}

Result<void> RecordBuilder::apply(const v1::Goodbye& message) {
  if (m_record.ending) return corrupt("goodbye", "a second one");
  if (!v1::Goodbye::End_IsValid(message.end()) || message.ended_ns() > kMaxTimeNs) {
    return corrupt("goodbye", "an unknown end, or a time beyond 146 years");
  }
  if (message.unrecorded_size() > kMaxUnrecorded) return corrupt("goodbye", "too many unrecorded programs");
  for (const v1::UnrecordedProgram& each : message.unrecorded()) {
    if (each.program().size() > kMaxUnrecordedText || each.why().size() > kMaxUnrecordedText)
      return corrupt("goodbye", "the name of an unrecorded program is too long");
  }
  for (const v1::UnrecordedProgram& each : message.unrecorded())
    m_record.unrecorded.push_back({each.program(), each.why(), each.in_place(), each.times()});
  m_record.ending = model::Ending{.how = static_cast<model::Ending::How>(message.end()),
                                  .status = message.status(),
                                  .endedNs = message.ended_ns()};
  return {};
}

Result<void> RecordBuilder::restore(model::SessionCounters counters) {
  return checkCounters(counters, m_record.definitions.now())
      .and_then([&] { return checkTimeline(counters.timeline, counters.counts.totals.lastEventNs); })
      .map([&] {
        if (m_isCounting)
          m_record.model.restore(counters);
        else
          m_restored = std::move(counters);
      });
}

}  // namespace heaptap::ingest
