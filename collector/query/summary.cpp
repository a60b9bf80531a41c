// SPDX-License-Identifier: Apache-2.0
#include "collector/query/summary.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "collector/model/copied_session.h"
#include "collector/query/notes.h"

namespace heaptap::query {
namespace {

using How = model::Ending::How;

v1::SessionState stateOf(State state) {
  switch (state) {
    case State::Live: return v1::SESSION_LIVE;
    case State::Complete: return v1::SESSION_COMPLETE;
    case State::CutShort: return v1::SESSION_CUT_SHORT;
    case State::RecordedElsewhere: return v1::SESSION_RECORDED_ELSEWHERE;
  }
  return v1::SESSION_STATE_UNSPECIFIED;
}

std::string unendedText(const Custody& custody) {
  if (custody.state == State::RecordedElsewhere) return "not yet: it is being recorded";
  if (custody.state != State::CutShort) return {};
  return custody.finished ? "cut short: the relay is gone" : "unknown: the record was not finished";
}

void writeSampling(const Sampling& sampling, v1::Sampling& message) {
  const model::Estimates& estimates = sampling.estimates;
  message.set_interval(sampling.interval);
  message.set_samples(sampling.samples);
  message.set_live_bytes_error(estimates.live.bytesError());
  message.set_live_blocks_error(estimates.live.blocksError());
  message.set_peak_bytes_error(estimates.atPeak.bytesError());
  message.set_temporaries_error(estimates.temporary.blocksError());
}

void writeDrops(const model::Drops& drops, v1::Summary& summary) {
  const model::Dropped total = drops.total();
  summary.set_dropped_allocations(total.allocations);
  summary.set_dropped_bytes(total.bytes);
  summary.set_dropped_frees(total.frees);
  for (std::size_t reason = 0; reason < model::kDropReasons; ++reason) {
    const model::Dropped& dropped = drops.of(static_cast<model::DropReason>(reason));
    if (dropped.events() == 0) continue;
    v1::Drops& message = *summary.add_drops();
    message.set_reason(static_cast<v1::DropReason>(reason));
    message.set_allocations(dropped.allocations);
    message.set_bytes(dropped.bytes);
    message.set_frees(dropped.frees);
  }
}

std::string hexOrEmpty(const model::SessionId& id) { return id.isNone() ? std::string{} : id.hex(); }

}  // namespace

v1::SessionInfo infoOf(const model::Identity& identity, const Custody& custody, std::uint64_t durationNs) {
  v1::SessionInfo info;
  info.set_id(identity.id.hex());
  for (const std::string& argument : identity.command) info.add_command(argument);
  info.set_pid(identity.pid);
  info.set_started_at_unix_ns(identity.startedAtUnixNs);
  // A file of sums knows no times.
  if (durationNs != 0 || !model::isImported(identity.agentVersion)) info.set_duration_ns(durationNs);
  info.set_state(stateOf(custody.state));
  info.set_file(custody.file);
  info.set_parent_id(hexOrEmpty(identity.parent));
  info.set_image(identity.image);
  info.set_tree_id(hexOrEmpty(identity.tree));
  return info;
}

v1::SessionInfo infoOf(const Overview& session) {
  v1::SessionInfo info = infoOf(session.identity, session.custody, session.durationNs());
  info.set_has_next_image(session.ending && session.ending->how == How::Exec &&
                          std::none_of(session.unrecorded.begin(), session.unrecorded.end(),
                                       [](const auto& each) { return each.inPlace; }));
  return info;
}

std::string endText(const std::optional<model::Ending>& ending) {
  if (!ending) return {};
  switch (ending->how) {
    case How::Exited: return "exited " + std::to_string(ending->status);
    case How::Signaled: return "killed by signal " + std::to_string(ending->status);
    case How::Exec: return "replaced by another program (exec)";
    case How::Stopped: return "recording stopped";
    case How::Gone: return "ended, in a way that was not seen";
    case How::Unknown: break;
  }
  return "unknown";
}

std::optional<int> exitStatus(const std::optional<model::Ending>& ending) {
  if (ending && ending->how == How::Exited) return ending->status;
  if (ending && ending->how == How::Signaled) return 128 + (ending->status & 0x7F);
  return std::nullopt;
}

bool isLiveAtEnd(const Overview& session) {
  if (session.custody.state == State::Live) return false;
  const How how = session.ending ? session.ending->how : How::Unknown;
  return how != How::Exited && how != How::Gone;
}

namespace {

v1::OwnCost ownCostOf(const Overview& session) {
  v1::OwnCost cost;
  if (session.relay.agentCpuNs) cost.set_agent_cpu_ns(*session.relay.agentCpuNs);
  if (session.relay.relayCpuNs) cost.set_relay_cpu_ns(*session.relay.relayCpuNs);
  if (session.custody.collectorCpuNs) cost.set_collector_cpu_ns(*session.custody.collectorCpuNs);
  if (session.maxOwnRssBytes) cost.set_max_pool_bytes(*session.maxOwnRssBytes);
  cost.set_truncated_stacks(session.stacks.truncated);
  cost.set_overflowed_stacks(session.stacks.unknown);
  return cost;
}

}  // namespace

v1::Summary summaryOf(const Overview& session) {
  v1::Summary summary;
  *summary.mutable_info() = infoOf(session);
  summary.set_end(session.ending ? endText(session.ending) : unendedText(session.custody));
  if (const auto status = exitStatus(session.ending)) summary.set_exit_status(*status);
  summary.set_threads(session.threads);
  summary.set_allocations(session.totals.allocations);
  summary.set_frees(session.totals.frees);
  summary.set_allocated_bytes(session.totals.allocatedBytes);
  summary.set_peak_bytes(session.totals.peakBytes);
  summary.set_peak_at_ns(session.totals.peakAtNs);
  summary.set_live_blocks(session.liveBlocks);
  summary.set_live_bytes(session.totals.liveBytes);
  summary.set_temporary_allocations(session.totals.temporaries);
#define HEAPTAP_RELAY_TOTAL(member, field, ...) summary.set_##field(session.relay.member);
#include "base/relay_counters.def"
  summary.set_paused_ns(session.relay.pausedNs);
  if (session.custody.state == State::Live && session.relay.pausedSinceNs)
    summary.set_paused_since_ns(*session.relay.pausedSinceNs);
  writeDrops(session.drops, summary);
  summary.set_events_not_stored(session.custody.eventsNotStored);
  summary.set_without_events(session.identity.withoutEvents);
  for (std::string& note : notesOn(session)) summary.add_notes(std::move(note));
  if (session.relay.targetMaxRssBytes) summary.set_target_max_rss_bytes(*session.relay.targetMaxRssBytes);
  if (session.relay.relayCpuNs) summary.set_relay_cpu_ns(*session.relay.relayCpuNs);
  summary.set_agent_version(session.identity.agentVersion);
  summary.set_executable(session.identity.executable);
  summary.set_working_directory(session.identity.workingDirectory);
  summary.set_host(session.identity.host);
  summary.set_stored_event_bytes(session.custody.storedEventBytes);
  for (const std::uint64_t frees : session.lifetimes) summary.add_lifetime_log2(frees);
  summary.set_live_at_end(isLiveAtEnd(session));
  summary.set_recording_stopped(session.ending && session.ending->how == How::Stopped);
  summary.set_lost_stacks(session.stacks.lost);
  summary.set_guessed_stacks(session.stacks.guessed);
  summary.set_findings(session.findings);
  summary.set_wrong_uses(session.wrongUses);
  session.slack.writeTo(summary);
  if (session.sampling) writeSampling(*session.sampling, *summary.mutable_sampling());
  for (const OtherHeap& heap : session.heaps) {
    v1::HeapReport& report = *summary.add_heaps();
    report.set_id(static_cast<std::uint32_t>(index(heap.id)));
    report.set_name(heap.name);
    report.set_allocations(heap.totals.allocations);
    report.set_frees(heap.totals.frees);
    report.set_allocated_bytes(heap.totals.allocatedBytes);
    report.set_live_blocks(heap.totals.liveBlocks());
    report.set_live_bytes(heap.totals.liveBytes);
    report.set_peak_bytes(heap.totals.peakBytes);
    report.set_peak_at_ns(heap.totals.peakAtNs);
  }
  *summary.mutable_own_cost() = ownCostOf(session);
  if (const auto bytes = session.maxRssBytes()) summary.set_max_rss_bytes(*bytes);
  for (const model::Mark& mark : session.marks)
    *summary.add_marks() = markReport(mark, session.sampling.has_value());
  return summary;
}

v1::Timeline timelineOf(const counting::Timeline& timeline) {
  v1::Timeline answer;
  answer.set_bucket_ns(timeline.bucketNs());
  const auto& buckets = timeline.buckets();
  const bool isEstimate = std::any_of(buckets.begin(), buckets.end(),
                                      [](const auto& bucket) { return bucket.liveVariance != 0; });
  for (const counting::Timeline::Bucket& bucket : timeline.buckets()) {
    answer.add_max_live_bytes(bucket.maxLiveBytes);
    answer.add_live_bytes(bucket.liveBytes);
    answer.add_allocations(bucket.allocations);
    answer.add_frees(bucket.frees);
    if (isEstimate) answer.add_live_bytes_error(std::sqrt(bucket.liveVariance));
  }
  return answer;
}

v1::MarkReport markReport(const model::Mark& mark, bool sampled) {
  v1::MarkReport report;
  report.set_name(mark.name);
  report.set_at_ns(mark.atNs);
  report.set_live_bytes(mark.liveBytes);
  report.set_live_blocks(mark.liveBlocks);
  report.set_allocations(mark.allocations);
  if (sampled) report.set_live_bytes_error(std::sqrt(mark.liveVariance));
  report.set_snapshot(mark.snapshot == model::Mark::Snapshot::Kept);
  return report;
}

void addResident(const model::ResidentMemory& resident, v1::Timeline& timeline) {
  for (const model::ResidentSample& sample : resident.samples()) {
    timeline.add_resident_at_ns(sample.atNs);
    timeline.add_rss_bytes(sample.programBytes().value_or(0));
    timeline.add_pss_bytes(sample.pssBytes.value_or(0));
    timeline.add_pool_bytes(sample.ownBytes.value_or(0));
  }
}

}  // namespace heaptap::query
