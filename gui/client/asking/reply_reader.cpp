// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/reply_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "gui/client/sites/name_texts.h"
#include "gui/models/quantity_text.h"
#include "proto/words/counter_words.h"
#include "proto/words/drop_words.h"

namespace heaptap::gui {
namespace {

constexpr int kMostBuckets = 1 << 20;
constexpr std::size_t kMostNotes = 100;
constexpr int kMostMarks = 1 << 16;
constexpr int kMostHeapsRead = 1 << 16;

SessionState readState(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return SessionState::Live;
    case v1::SESSION_COMPLETE: return SessionState::Complete;
    case v1::SESSION_CUT_SHORT: return SessionState::CutShort;
    case v1::SESSION_RECORDED_ELSEWHERE: return SessionState::RecordedElsewhere;
    default: return SessionState::Unknown;
  }
}

DropCause readDropCause(const v1::Drops& drops) {
  const DropWords words = dropWords(drops.reason());
  return {.events = drops.allocations() + drops.frees(),
          .cause = readText(words.cause),
          .remedy = readText(words.remedy)};
}

Sampling readSampling(const v1::Sampling& reply) {
  return {.interval = reply.interval(),
          .samples = reply.samples(),
          .liveBytesError = readError(reply.live_bytes_error()),
          .liveBlocksError = readError(reply.live_blocks_error()),
          .peakBytesError = readError(reply.peak_bytes_error()),
          .temporariesError = readError(reply.temporaries_error())};
}

OwnCost readOwnCost(const v1::Summary& summary) {
  const v1::OwnCost& reply = summary.own_cost();
  OwnCost cost;
  if (reply.has_agent_cpu_ns()) cost.agentCpuNs = reply.agent_cpu_ns();
  if (reply.has_relay_cpu_ns()) cost.relayCpuNs = reply.relay_cpu_ns();
  if (reply.has_collector_cpu_ns()) cost.collectorCpuNs = reply.collector_cpu_ns();
  if (reply.has_max_pool_bytes()) cost.maxPoolBytes = reply.max_pool_bytes();
  cost.truncatedStacks = reply.truncated_stacks();
  cost.overflowedStacks = reply.overflowed_stacks();
  cost.lostStacks = summary.lost_stacks();
  cost.guessedStacks = summary.guessed_stacks();
  return cost;
}

Heap readHeap(const v1::HeapReport& reply) {
  return {.id = reply.id(),
          .name = readText(reply.name()).simplified(),
          .allocations = reply.allocations(),
          .frees = reply.frees(),
          .allocatedBytes = reply.allocated_bytes(),
          .liveBlocks = reply.live_blocks(),
          .liveBytes = reply.live_bytes(),
          .peakBytes = reply.peak_bytes(),
          .peakAtNs = reply.peak_at_ns()};
}

Mark readMark(const v1::MarkReport& reply) {
  Mark mark;
  mark.name = readText(reply.name());
  mark.atNs = reply.at_ns();
  mark.liveBytes.value = reply.live_bytes();
  if (reply.has_live_bytes_error()) mark.liveBytes.error = readError(reply.live_bytes_error());
  mark.liveBlocks = reply.live_blocks();
  mark.allocations = reply.allocations();
  mark.isSnapshot = reply.snapshot();
  return mark;
}

/// What base/relay_counters.def has words for.
QStringList readCounters(const v1::Summary& reply) {
  QStringList lines;
  for (const CounterWords& words : counterWords())
    if (const quint64 value = (reply.*words.value)(); value != 0 && !words.meaning.empty())
      lines << QStringLiteral("%1 %2.").arg(countText(value), readText(words.meaning));
  return lines;
}

}  // namespace

tl::unexpected<Error> brokenAnswer(const std::string& what) {
  return failure(Code::Corrupt, "collector", what, "is it a heaptap collector of this version?");
}

double readError(double error) { return std::isfinite(error) ? std::max(error, 0.0) : 0.0; }

Session readSession(const v1::SessionInfo& info) {
  Session session;
  session.id = readText(info.id());
  for (const std::string& word : info.command()) session.command.append(readText(word));
  session.pid = info.pid();
  session.startedAtUnixNs = info.started_at_unix_ns();
  if (info.has_duration_ns()) session.durationNs = info.duration_ns();
  session.state = readState(info.state());
  session.file = readText(info.file());
  session.parentId = readText(info.parent_id());
  session.image = info.image();
  return session;
}

Summary readSummary(const v1::Summary& reply) {
  Summary summary;
  summary.session = readSession(reply.info());
  summary.end = readText(reply.end());
  summary.liveAtEnd = reply.live_at_end();
  summary.host = readText(reply.host());
  summary.executable = readText(reply.executable());
  summary.workingDirectory = readText(reply.working_directory());
  summary.threads = reply.threads();
  summary.allocations = reply.allocations();
  summary.frees = reply.frees();
  summary.allocatedBytes = reply.allocated_bytes();
  summary.peakBytes = reply.peak_bytes();
  summary.peakAtNs = reply.peak_at_ns();
  summary.liveBlocks = reply.live_blocks();
  summary.liveBytes = reply.live_bytes();
  summary.temporaries = reply.temporary_allocations();
  summary.droppedAllocations = reply.dropped_allocations();
  summary.droppedBytes = reply.dropped_bytes();
  summary.droppedFrees = reply.dropped_frees();
  summary.counters = readCounters(reply);
  for (int i = 0; i < std::min(reply.drops_size(), v1::DropReason_ARRAYSIZE); ++i)
    summary.dropCauses.append(readDropCause(reply.drops(i)));
  summary.eventsNotStored = reply.events_not_stored();
  if (reply.has_max_rss_bytes()) {
    summary.residentBytes = reply.max_rss_bytes();
  } else if (reply.has_target_max_rss_bytes()) {
    summary.residentBytes = reply.target_max_rss_bytes();
    summary.residentIncludesOwn = true;
  }
  for (const std::string& note : reply.notes()) {
    if (static_cast<std::size_t>(summary.notes.size()) == kMostNotes) break;
    summary.notes.append(readText(note).simplified());
  }
  summary.findings = reply.findings();
  summary.wrongUses = reply.wrong_uses();
  summary.slack = readSlack(reply);
  if (reply.has_sampling()) summary.sampling = readSampling(reply.sampling());
  if (reply.has_own_cost()) summary.ownCost = readOwnCost(reply);
  if (reply.has_paused_since_ns()) summary.pausedSinceNs = reply.paused_since_ns();
  for (int i = 0; i < std::min(reply.heaps_size(), kMostHeapsRead); ++i)
    summary.heaps.push_back(readHeap(reply.heaps(i)));
  for (int i = 0; i < std::min(reply.marks_size(), kMostMarks); ++i)
    summary.marks.push_back(readMark(reply.marks(i)));
  return summary;
}

LiveStatus readStatus(const v1::Status& reply) {
  LiveStatus status;
  status.session = readSession(reply.info());
  status.atNs = reply.at_ns();
  status.liveBytes = reply.live_bytes();
  status.liveBlocks = reply.live_blocks();
  status.peakBytes = reply.peak_bytes();
  status.allocations = reply.allocations();
  status.droppedEvents = reply.dropped_events();
  if (reply.has_live_bytes_error()) status.liveBytesError = readError(reply.live_bytes_error());
  if (reply.has_rss_bytes()) status.residentBytes = reply.rss_bytes();
  if (reply.has_paused_since_ns()) status.pausedSinceNs = reply.paused_since_ns();
  if (reply.has_peak_at_ns()) status.peakAtNs = reply.peak_at_ns();
  if (reply.has_allocated_bytes()) status.allocatedBytes = reply.allocated_bytes();
  if (reply.has_temporary_allocations()) status.temporaries = reply.temporary_allocations();
  return status;
}

Result<Timeline> readTimeline(const v1::Timeline& reply) {
  const int buckets = reply.live_bytes_size();
  if (reply.max_live_bytes_size() != buckets || reply.allocations_size() != buckets ||
      reply.frees_size() != buckets)
    return brokenAnswer("a timeline whose columns differ in length");
  const int errors = reply.live_bytes_error_size();
  if (errors != 0 && errors != buckets) return brokenAnswer("a timeline whose errors are not of its numbers");
  const int moments = reply.resident_at_ns_size();
  if (reply.rss_bytes_size() != moments || reply.pss_bytes_size() != moments ||
      reply.pool_bytes_size() != moments || moments > kMostBuckets)
    return brokenAnswer("resident memory whose columns differ in length");
  if (buckets > kMostBuckets) return brokenAnswer("a timeline of " + std::to_string(buckets) + " buckets");
  constexpr std::uint64_t kLongestNs = std::numeric_limits<std::int64_t>::max();
  if (buckets > 0 &&
      (reply.bucket_ns() == 0 || reply.bucket_ns() > kLongestNs / static_cast<std::uint64_t>(buckets)))
    return brokenAnswer("a timeline with buckets of " + std::to_string(reply.bucket_ns()) + " ns");
  Timeline timeline;
  timeline.bucketNs = reply.bucket_ns();
  timeline.buckets.reserve(static_cast<std::size_t>(buckets));
  for (int i = 0; i < buckets; ++i)
    timeline.buckets.push_back({.maxLiveBytes = reply.max_live_bytes(i),
                                .liveBytes = reply.live_bytes(i),
                                .allocations = reply.allocations(i),
                                .frees = reply.frees(i)});
  for (int i = 0; i < errors; ++i)
    timeline.buckets[static_cast<std::size_t>(i)].liveBytesError = readError(reply.live_bytes_error(i));
  const auto known = [](std::uint64_t bytes) { return bytes == 0 ? std::optional<quint64>() : bytes; };
  for (int i = 0; i < moments; ++i) {
    if (reply.rss_bytes(i) == 0) continue;
    // Drawn as a line: it goes forward, whatever was sent.
    const quint64 before = timeline.resident.empty() ? 0 : timeline.resident.back().atNs;
    timeline.resident.push_back({.atNs = std::max<quint64>(before, reply.resident_at_ns(i)),
                                 .rssBytes = reply.rss_bytes(i),
                                 .pssBytes = known(reply.pss_bytes(i)),
                                 .poolBytes = known(reply.pool_bytes(i))});
  }
  return timeline;
}

}  // namespace heaptap::gui
