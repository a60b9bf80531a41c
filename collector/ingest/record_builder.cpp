// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/record_builder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "collector/ingest/counters_check.h"
#include "collector/ingest/finding_reader.h"
#include "collector/ingest/hello_reader.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

tl::unexpected<Error> corrupt(std::string message, std::string what) {
  return failure(Code::Corrupt, std::move(message), std::move(what));
}

/// Whether `more` entries may follow the `present` ones.
bool fits(std::size_t present, int more, std::size_t limit) {
  return static_cast<std::size_t>(more) <= limit - std::min(limit, present);
}

bool addsUp(std::uint64_t a, std::uint64_t b) { return b <= std::numeric_limits<std::uint64_t>::max() - a; }

constexpr std::uint32_t kFrameFlags =
    v1::FRAME_EXACT_PC | v1::FRAME_GUESSED | v1::FRAME_OVERFLOW | v1::FRAME_TRUNCATED | v1::FRAME_LOST;

}  // namespace

RecordBuilder::RecordBuilder(model::Identity identity) : m_batches(identity.timeUnitNs) {
  m_record.identity = std::move(identity);
}

Result<RecordBuilder> RecordBuilder::begin(const v1::Hello& hello) {
  return readHello(hello).map([](model::Identity identity) { return RecordBuilder(std::move(identity)); });
}

Result<void> RecordBuilder::apply(const v1::Modules& message) {
  if (!fits(m_record.modules.size(), message.modules_size(), kMaxModules)) {
    return corrupt("modules", "more than a session may have");
  }
  for (const auto& module : message.modules()) {
    if (module.path().size() > kMaxTextBytes || module.build_id().size() > kMaxBuildIdBytes ||
        module.start() > module.end()) {
      return corrupt("modules", "a path or build id that is too long, or an end before the start");
    }
  }
  for (const auto& module : message.modules()) {
    m_record.modules.push_back({.path = module.path(),
                                .buildId = module.build_id(),
                                .start = module.start(),
                                .end = module.end(),
                                .bias = module.bias()});
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::ModuleNames& message) {
  if (message.module_size() != message.missing_size())
    return corrupt("module names", "the columns differ in length");
  for (int i = 0; i < message.module_size(); ++i) {
    if (message.module(i) >= m_record.modules.size())
      return corrupt("module names", "a module that is not defined");
    if (!v1::ModuleNames::Missing_IsValid(message.missing(i)))
      return corrupt("module names", "an unknown reason");
  }
  for (int i = 0; i < message.module_size(); ++i)
    m_record.modules[message.module(i)].missing = static_cast<model::NamesMissing>(message.missing(i));
  return {};
}

Result<void> RecordBuilder::apply(const v1::Threads& message) {
  if (!fits(m_record.threads.size(), message.threads_size(), kMaxThreads)) {
    return corrupt("threads", "more than a session may have");
  }
  for (const auto& thread : message.threads()) {
    if (thread.name().size() > kMaxTextBytes || thread.first_seen_ns() > kMaxTimeNs) {
      return corrupt("threads", "a name that is too long, or a time beyond 146 years");
    }
  }
  const std::size_t defined = m_record.threads.size() + static_cast<std::size_t>(message.threads_size());
  for (const auto& renamed : message.renamed()) {
    if (renamed.name().size() > kMaxTextBytes || renamed.thread() >= defined) {
      return corrupt("threads", "a new name that is too long, or of a thread that is not defined");
    }
  }
  for (const auto& thread : message.threads()) {
    m_record.threads.push_back(
        {.tid = thread.tid(), .name = thread.name(), .firstSeenNs = thread.first_seen_ns()});
    m_record.model.addThread();
  }
  for (const auto& renamed : message.renamed()) m_record.threads[renamed.thread()].name = renamed.name();
  return {};
}

Result<void> RecordBuilder::apply(const v1::Frames& message) {
  const int count = message.pc_size();
  if (message.module_size() != count || message.flags_size() != count) {
    return corrupt("frames", "the columns differ in length");
  }
  if (!fits(m_record.frames.size(), count, kMaxFrames))
    return corrupt("frames", "more than a session may have");
  for (int i = 0; i < count; ++i) {
    if (message.module(i) > m_record.modules.size()) return corrupt("frames", "a module that is not defined");
    if ((message.flags(i) & ~kFrameFlags) != 0) return corrupt("frames", "unknown flags");
  }
  for (int i = 0; i < count; ++i) {
    m_record.frames.add({.pc = message.pc(i), .module = message.module(i), .flags = message.flags(i)});
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::StackNodes& message) {
  const int count = message.parent_size();
  if (message.frame_size() != count) return corrupt("stack nodes", "the columns differ in length");
  if (!fits(m_record.stacks.size(), count, kMaxStacks)) {
    return corrupt("stack nodes", "more than a session may have");
  }
  for (int i = 0; i < count; ++i) {
    // Parents come first: so no chain of parents has a loop.
    if (message.parent(i) >= m_record.stacks.size() + static_cast<std::size_t>(i)) {
      return corrupt("stack nodes", "a parent that is not defined before its child");
    }
    if (message.frame(i) >= m_record.frames.size())
      return corrupt("stack nodes", "a frame that is not defined");
  }
  for (int i = 0; i < count; ++i) {
    const auto frame = static_cast<model::FrameId>(message.frame(i));
    m_record.stacks.add({.parent = static_cast<model::StackId>(message.parent(i)), .frame = frame},
                        m_record.frames[frame].flags);
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::Heaps& message) {
  if (!fits(m_record.model.heaps(), message.name_size(), kMaxHeaps))
    return corrupt("heaps", "more than a session may have");
  for (const std::string& name : message.name())
    if (name.empty() || name.size() > kMaxTextBytes)
      return corrupt("heaps", "a name that is empty or too long");
  for (const std::string& name : message.name()) {
    m_record.heapNames.push_back(name);
    m_record.model.addHeap();
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::Pairs& message) {
  const int count = message.size_size();
  if (message.stack_size() != count || message.origin_size() != count || message.align_log2_size() != count ||
      message.slack_plus_1_size() != count) {
    return corrupt("pairs", "the columns differ in length");
  }
  if (message.sample_interval_size() != 0 && message.sample_interval_size() != count)
    return corrupt("pairs", "the columns differ in length");
  if (message.heap_size() != 0 && message.heap_size() != count)
    return corrupt("pairs", "the columns differ in length");
  const auto heapOf = [&](int i) { return message.heap_size() == 0 ? 0 : message.heap(i); };
  const auto intervalOf = [&](int i) {
    return message.sample_interval_size() == 0 ? 0 : message.sample_interval(i);
  };
  if (!fits(m_record.model.pairs(), count, kMaxPairs))
    return corrupt("pairs", "more than a session may have");
  for (int i = 0; i < count; ++i) {
    if (message.size(i) > kMaxBlockBytes) return corrupt("pairs", "a size beyond any address space");
    if (message.stack(i) >= m_record.stacks.size()) return corrupt("pairs", "a stack that is not defined");
    if (message.origin(i) > std::numeric_limits<std::uint8_t>::max())
      return corrupt("pairs", "no such origin");
    if (message.align_log2(i) > kMaxAlignLog2) return corrupt("pairs", "no such alignment");
    if (message.slack_plus_1(i) > kMaxBlockBytes) return corrupt("pairs", "a block beyond any address space");
    if (heapOf(i) >= m_record.model.heaps()) return corrupt("pairs", "a heap that is not defined");
    if (heapOf(i) != 0 && intervalOf(i) != 0)
      return corrupt("pairs", "samples of another heap than malloc's");
    if (intervalOf(i) > kMaxSampleInterval) return corrupt("pairs", "no such sample interval");
  }
  for (int i = 0; i < count; ++i) {
    m_record.model.addPair({.size = message.size(i),
                            .slack = message.slack_plus_1(i) - 1,  // 0 becomes kUnknownSlack.
                            .sampleInterval = intervalOf(i),
                            .stack = static_cast<model::StackId>(message.stack(i)),
                            .origin = static_cast<model::Origin>(message.origin(i)),
                            .heap = static_cast<model::HeapId>(heapOf(i)),
                            .alignLog2 = static_cast<std::uint8_t>(message.align_log2(i))});
  }
  return {};
}

Result<void> RecordBuilder::apply(const v1::EventBatch& message) {
  return m_batches.apply(message, m_record.stacks.size(), m_record.model);
}

Result<void> RecordBuilder::apply(const v1::Gap& message) {
  if (message.thread() > m_record.threads.size()) return corrupt("gap", "a thread that is not defined");
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

Result<void> RecordBuilder::apply(const v1::Symbols& message) {
  return m_symbols.apply(message, m_record.frames.size(), m_record.symbols);
}

Result<void> RecordBuilder::apply(const v1::Counters& message) {
  const auto known = [](std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional<std::uint64_t>(value);
  };
  m_record.relay = {.unmatchedFrees = message.unmatched_frees(),
                    .unrecordedFrees = message.unrecorded_frees(),
                    .lostFrees = message.lost_frees(),
                    .brokenStreams = message.broken_streams(),
                    .invalidStacks = message.invalid_stacks(),
                    .inheritedBlocks = message.inherited_blocks(),
                    .inheritedBytes = message.inherited_bytes(),
                    .inheritedFrees = message.inherited_frees(),
                    .inheritedFreedBytes = message.inherited_freed_bytes(),
                    .findingsBeyond = message.findings_beyond(),
                    .marksBeyond = message.marks_beyond(),
                    .modulesBeyond = message.modules_beyond(),
                    .bypassed = (message.bypassed() & 1) != 0,
                    .lookedPast = (message.bypassed() & 2) != 0,
                    .exact = message.has_exact()
                                 ? std::optional<model::Exact>({.allocations = message.exact().allocations(),
                                                                .bytes = message.exact().allocated_bytes(),
                                                                .frees = message.exact().frees()})
                                 : std::nullopt,
                    .relayCpuNs = known(message.relay_cpu_ns()),
                    .targetMaxRssBytes = known(message.target_max_rss_bytes()),
                    .agentCpuNs = known(message.agent_cpu_ns())};
  return {};
}

Result<void> RecordBuilder::apply(const v1::Findings& message) {
  std::vector<model::Finding> findings = m_record.findings;
  for (const auto& finding : message.findings()) {
    if (auto applied = applyFinding(finding, m_record, findings); !applied) return applied;
  }
  m_record.findings = std::move(findings);
  return {};
}

Result<void> RecordBuilder::apply(const v1::Mark& message) {
  using Snapshot = model::Mark::Snapshot;
  const model::Totals& totals = m_record.model.totals();
  const bool fits =
      m_snapshots < kMaxSnapshots &&
      m_record.model.pairs() <= kMaxSnapshotPairs - std::min(kMaxSnapshotPairs, m_snapshotPairs);
  return restore(model::Mark{.name = message.name(),
                             .atNs = message.at_ns(),
                             .liveBytes = totals.liveBytes,
                             .liveBlocks = m_record.estimatedLiveBlocks(),
                             .allocations = m_record.estimatedAllocations(),
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
    m_snapshotPairs += m_record.model.pairs();
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

Result<void> RecordBuilder::restore(const model::SessionCounters& counters) {
  return checkCounters(counters, m_record.stacks.size(), m_record.model).map([&] {
    m_record.model.restore(counters);
  });
}

}  // namespace heaptap::ingest
