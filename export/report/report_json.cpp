// SPDX-License-Identifier: Apache-2.0
#include "export/report/report_json.h"

#include "analysis/leaks/unfreed.h"
#include "collector/model/copied_session.h"
#include "proto/words/counter_words.h"
#include "proto/words/drop_words.h"
#include "proto/words/finding_words.h"
#include "proto/words/origin_name.h"
#include "proto/words/session_words.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

using nlohmann::ordered_json;

double seconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }

/// Unknown is null: an empty text, a line 0.
ordered_json textOrNull(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json numberOrNull(bool isKnown, std::uint64_t number) {
  return isKnown ? ordered_json(number) : ordered_json();
}

ordered_json lifetimeHistogram(const v1::Summary& summary) {
  auto buckets = ordered_json::array();
  for (int log2 = 0; log2 < summary.lifetime_log2_size() && log2 < 63; ++log2) {
    if (summary.lifetime_log2(log2) == 0) continue;
    const std::uint64_t low = log2 == 0 ? 0 : std::uint64_t{1} << log2;
    const std::uint64_t high = (std::uint64_t{2} << log2) - 1;
    buckets.push_back(
        {{"minNanoseconds", low}, {"maxNanoseconds", high}, {"frees", summary.lifetime_log2(log2)}});
  }
  return buckets;
}

ordered_json stackJson(std::uint32_t stack, StackTables& stacks) {
  const auto row = stacks.rowOf(static_cast<model::StackId>(stack));
  return row ? ordered_json(*row) : ordered_json();
}

/// Where nothing is estimated, errors are null.
ordered_json errorOrNull(bool isEstimate, double error) {
  return isEstimate ? ordered_json(error) : ordered_json();
}

ordered_json heapsJson(const v1::Summary& summary) {
  auto heaps = ordered_json::array();
  for (const v1::HeapReport& heap : summary.heaps())
    heaps.push_back({{"name", heap.name()},
                     {"allocations", heap.allocations()},
                     {"frees", heap.frees()},
                     {"allocatedBytes", heap.allocated_bytes()},
                     {"peakBytes", heap.peak_bytes()},
                     {"peakAtSeconds", seconds(heap.peak_at_ns())},
                     {"leakedBlocks", heap.live_blocks()},
                     {"leakedBytes", heap.live_bytes()}});
  return heaps;
}

ordered_json samplingJson(const v1::Summary& summary) {
  if (!summary.has_sampling()) return nullptr;
  const v1::Sampling& sampling = summary.sampling();
  // An estimate that no sample stands for has no known error.
  const auto error = [](std::uint64_t estimate, double known) { return errorOrNull(estimate != 0, known); };
  const auto unfreed = analysis::unfreedOf(summary);
  return {{"intervalBytes", sampling.interval()},
          {"samples", sampling.samples()},
          {"leakedBytesError", error(summary.live_blocks(), sampling.live_bytes_error())},
          {"leakedBlocksError", error(summary.live_blocks(), sampling.live_blocks_error())},
          {"peakBytesError", error(summary.peak_bytes(), sampling.peak_bytes_error())},
          {"temporaryAllocationsError", error(summary.temporary_allocations(), sampling.temporaries_error())},
          {"leakedBytesAtMost", unfreed->mostBytes},
          {"blocksNotFreed", unfreed->blocks ? ordered_json(*unfreed->blocks) : ordered_json()}};
}

ordered_json ownCostJson(const v1::Summary& summary) {
  const v1::OwnCost& cost = summary.own_cost();
  const auto time = [](bool has, std::uint64_t ns) {
    return has ? ordered_json(seconds(ns)) : ordered_json();
  };
  ordered_json json;
  json["agentCpuSeconds"] = time(cost.has_agent_cpu_ns(), cost.agent_cpu_ns());
  json["relayCpuSeconds"] = time(cost.has_relay_cpu_ns(), cost.relay_cpu_ns());
  json["collectorCpuSeconds"] = time(cost.has_collector_cpu_ns(), cost.collector_cpu_ns());
  json["maxResidentBytes"] = numberOrNull(cost.has_max_pool_bytes(), cost.max_pool_bytes());
  json["droppedEvents"] = summary.dropped_allocations() + summary.dropped_frees();
  json["truncatedStacks"] = cost.truncated_stacks();
  json["overflowedStacks"] = cost.overflowed_stacks();
  return json;
}

void slackJson(const v1::Summary& message, ordered_json& json) {
  json["overAllocatedBytes"] =
      numberOrNull(message.has_allocated_slack_bytes(), message.allocated_slack_bytes());
  json["liveOverAllocatedBytes"] = numberOrNull(message.has_live_slack_bytes(), message.live_slack_bytes());
  json["peakOverAllocatedBytes"] = numberOrNull(message.has_peak_slack_bytes(), message.peak_slack_bytes());
}

/// What the file of another profiler does not tell.
void leaveOutUntold(const v1::Summary& summary, ordered_json& json) {
  std::vector<std::string> untold{"threads",       "droppedEvents",   "droppedAllocations", "droppedBytes",
                                  "droppedFrees",  "truncatedStacks", "overflowedStacks",   "lostStacks",
                                  "guessedStacks", "findings",        "wrongUses"};
  for (const CounterWords& counter : counterWords()) untold.emplace_back(counter.key);
  if (!model::tellsTemporaries(summary.agent_version())) untold.emplace_back("temporaryAllocations");
  if (!model::tellsPeak(summary.agent_version())) untold.insert(untold.end(), {"peakBytes", "peakAtSeconds"});
  for (const std::string& key : untold) json[key] = nullptr;
}

}  // namespace

ordered_json summaryJson(const v1::Summary& summary) {
  const v1::SessionInfo& info = summary.info();
  ordered_json json;
  json["command"] = std::vector<std::string>(info.command().begin(), info.command().end());
  json["pid"] = numberOrNull(info.pid() != 0, info.pid());
  json["startedAt"] = formatTimestamp(info.started_at_unix_ns());
  json["durationSeconds"] =
      info.has_duration_ns() ? ordered_json(seconds(info.duration_ns())) : ordered_json();
  json["exitStatus"] = summary.has_exit_status() ? ordered_json(summary.exit_status()) : ordered_json();
  json["end"] = textOrNull(summary.end());
  json["state"] = textOrNull(std::string(stateKey(info.state())));
  json["threads"] = summary.threads();
  json["allocations"] = summary.allocations();
  json["frees"] = summary.frees();
  json["allocatedBytes"] = summary.allocated_bytes();
  json["peakBytes"] = summary.peak_bytes();
  json["peakAtSeconds"] = seconds(summary.peak_at_ns());
  json["leakedBlocks"] = summary.live_blocks();
  json["leakedBytes"] = summary.live_bytes();
  json["liveAtEnd"] = summary.live_at_end();
  json["temporaryAllocations"] = summary.temporary_allocations();
  for (const CounterWords& counter : counterWords())
    json[std::string(counter.key)] = (summary.*counter.value)();
  json["droppedEvents"] = summary.dropped_allocations() + summary.dropped_frees();
  json["droppedAllocations"] = summary.dropped_allocations();
  json["droppedBytes"] = summary.dropped_bytes();
  json["droppedFrees"] = summary.dropped_frees();
  auto& drops = json["drops"] = ordered_json::array();
  for (const v1::Drops& dropped : summary.drops())
    drops.push_back({{"reason", std::string(dropWords(dropped.reason()).key)},
                     {"allocations", dropped.allocations()},
                     {"bytes", dropped.bytes()},
                     {"frees", dropped.frees()}});
  json["truncatedStacks"] = summary.own_cost().truncated_stacks();
  json["overflowedStacks"] = summary.own_cost().overflowed_stacks();
  json["lostStacks"] = summary.lost_stacks();
  json["guessedStacks"] = summary.guessed_stacks();
  json["findings"] = summary.findings();
  json["wrongUses"] = summary.wrong_uses();
  slackJson(summary, json);
  json["eventsNotStored"] = summary.events_not_stored();
  json["withoutEvents"] = summary.without_events();
  json["pausedSeconds"] = seconds(summary.paused_ns());
  json["sessionId"] = textOrNull(info.id());
  json["parentSessionId"] = textOrNull(info.parent_id());
  json["executable"] = textOrNull(summary.executable());
  json["host"] = textOrNull(summary.host());
  auto& marks = json["marks"] = ordered_json::array();
  for (const v1::MarkReport& mark : summary.marks()) marks.push_back(markJson(mark));
  json["maxResidentBytes"] = numberOrNull(summary.has_max_rss_bytes(), summary.max_rss_bytes());
  json["maxResidentBytesWithHeaptap"] =
      numberOrNull(summary.has_target_max_rss_bytes(), summary.target_max_rss_bytes());
  json["ownCost"] = ownCostJson(summary);
  json["heaps"] = heapsJson(summary);
  json["sampling"] = samplingJson(summary);
  json["notes"] = std::vector<std::string>(summary.notes().begin(), summary.notes().end());
  json["lifetimeHistogram"] = lifetimeHistogram(summary);
  if (model::isImported(summary.agent_version())) leaveOutUntold(summary, json);
  return json;
}

ordered_json markJson(const v1::MarkReport& mark) {
  return {{"name", textOrNull(mark.name())},
          {"atSeconds", seconds(mark.at_ns())},
          {"liveBytes", mark.live_bytes()},
          {"liveBlocks", mark.live_blocks()},
          {"allocations", mark.allocations()},
          {"liveBytesError", errorOrNull(mark.has_live_bytes_error(), mark.live_bytes_error())},
          {"snapshot", mark.snapshot()}};
}

ordered_json findingJson(const v1::FindingReport& finding, const client::FindingNames& names,
                         StackTables& stacks) {
  const client::FindingNames::Names named = names.of(finding);
  ordered_json json;
  json["kind"] = findingKey(finding.kind());
  json["heap"] = textOrNull(named.heap);
  json["count"] = finding.count();
  json["firstSeconds"] = seconds(finding.first_ns());
  json["thread"] = named.tid;
  json["threadName"] = textOrNull(std::string(named.threadName));
  json["bytes"] = finding.has_size() ? ordered_json(finding.size()) : ordered_json();
  json["declaredBytes"] =
      finding.has_declared_size() ? ordered_json(finding.declared_size()) : ordered_json();
  json["alignment"] = finding.has_alignment() ? ordered_json(finding.alignment()) : ordered_json();
  json["declaredAlignment"] =
      finding.has_declared_alignment() ? ordered_json(finding.declared_alignment()) : ordered_json();
  json["allocatedBy"] =
      finding.has_size() ? ordered_json(originName(finding.allocation_origin())) : ordered_json();
  json["freedBy"] = originName(finding.free_origin());
  json["allocationStack"] = stackJson(finding.allocation_stack(), stacks);
  json["freeStack"] = stackJson(finding.free_stack(), stacks);
  json["earlierFreeStack"] = stackJson(finding.earlier_free_stack(), stacks);
  return json;
}

std::string dumped(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace heaptap::exporting
