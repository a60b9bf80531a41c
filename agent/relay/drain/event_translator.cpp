// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/event_translator.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace heaptap::relay {
namespace {

static_assert(static_cast<int>(wire::DropReason::Room) + 1 == v1::DROP_ROOM &&
              static_cast<int>(wire::DropReason::BufferFull) + 1 == v1::DROP_BUFFER_FULL &&
              static_cast<int>(wire::DropReason::Nesting) + 1 == v1::DROP_NESTING &&
              static_cast<int>(wire::DropReason::Sandbox) + 1 == v1::DROP_SANDBOX &&
              static_cast<int>(wire::DropReason::Memory) + 1 == v1::DROP_MEMORY &&
              static_cast<int>(wire::DropReason::Threads) + 1 == v1::DROP_THREADS);

std::uint64_t ownCpuNs() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

}  // namespace

EventTranslator::EventTranslator(const SharedMemory& memory, const TargetProcess& process, MessageSink& sink,
                                 BlockStores blocks, std::uint32_t index)
    : m_memory(memory),
      m_process(process),
      m_sink(sink),
      m_threads(process),
      m_modules(memory, process, index),
      m_stacks(memory, m_modules),
      m_blocks(std::move(blocks)),
      m_matcher(m_blocks, m_encoder, m_pairs, m_findings),
      m_heaps({memory, m_blocks.of(0), m_encoder, m_pairs, m_stacks, m_findings, [this] { makeRoom(); }}),
      m_wasPausedBefore(memory.hasEverPaused()),
      m_cpuNsBefore(ownCpuNs()) {
  if (memory.keepsFreeStacks()) m_encoder.keepFreeStacks();
  if (memory.sampleInterval() == 0) return;
  m_encoder.tellTemporaries();
  m_pairs.setSampleInterval(memory.sampleInterval());
  m_matcher.expectSamples(memory.sampleInterval());
}

void EventTranslator::makeRoom() {
  if (m_encoder.full()) flush();
}

void EventTranslator::record(ThreadStream& thread, std::size_t stream, const Event& event,
                             std::uint64_t timeNs) {
  makeRoom();
  if (event.is(wire::RareKind::Mark) || event.is(wire::RareKind::Snapshot)) return markOf(event, timeNs);
  if (event.is(wire::RareKind::Span))
    return m_spans.begin(static_cast<std::uint32_t>(event.address()), m_encoder.nextAllocation());
  if (event.is(wire::RareKind::Question)) return ask(static_cast<std::uint32_t>(event.address()));
  const Moment when{timeNs, threadIndex(thread, timeNs)};
  Limbo& limbo = thread.recorded.limbo[stream];
  switch (event.kind()) {
    case wire::EventKind::Free:
    case wire::EventKind::FreeFrom: return m_matcher.free(when, freeingOf(event));
    case wire::EventKind::Alloc:
    case wire::EventKind::AllocLarge: return m_matcher.allocation(when, allocatedBy(event));
    case wire::EventKind::ReallocBegin:
    case wire::EventKind::ReallocBeginFrom:
      return m_matcher.reallocBegin(when, limbo, event.level(), freeingOf(event));
    case wire::EventKind::ReallocDone:
    case wire::EventKind::ReallocDoneLarge:
      return m_matcher.reallocDone(when, limbo, event.level(), allocatedBy(event));
    case wire::EventKind::HeapAlloc:
    case wire::EventKind::HeapFree:
    case wire::EventKind::Map: return m_heaps.record(when, thread.recorded.mapLimbo[stream], event);
    case wire::EventKind::Rare:
      if (event.is(wire::RareKind::ReallocFailed)) m_matcher.reallocFailed(when, limbo, event.level());
      if (event.is(wire::RareKind::ReallocUnsampled)) m_matcher.reallocUnsampled(when, limbo, event.level());
      return;                         // A fork is the drain's concern.
    case wire::EventKind::ShortFree:  // The reader has made them whole.
    case wire::EventKind::ShortAlloc:
    case wire::EventKind::None: return;
  }
}

bool EventTranslator::joinWindow(std::uint64_t settled, std::uint64_t timeNs, EventWindow& window) {
  if (m_ordering.settled != settled)
    m_ordering = {.settled = settled,
                  .leastNs = m_encoder.recordedNs(0),
                  .lastNs = 0,
                  .nextAllocation = m_encoder.nextAllocation()};
  // Else the time that an allocation is recorded with may depend on what came of the events before.
  if (timeNs < m_ordering.lastNs) return false;
  if (m_ordering.window == window.number()) return true;
  const auto process = window.addProcess(*this);
  if (!process) return false;
  m_ordering.window = window.number();
  m_ordering.process = *process;
  return true;
}

bool EventTranslator::order(ThreadStream& thread, std::size_t stream, const Event& event,
                            std::uint64_t timeNs, std::uint64_t settled, EventWindow& window) {
  using wire::EventKind;
  const EventKind kind = event.kind();
  const bool isAllocation = kind == EventKind::Alloc || kind == EventKind::AllocLarge ||
                            kind == EventKind::ReallocDone || kind == EventKind::ReallocDoneLarge;
  const bool isFree = kind == EventKind::Free || kind == EventKind::FreeFrom;
  const bool isBegin = kind == EventKind::ReallocBegin || kind == EventKind::ReallocBeginFrom;
  if ((!isAllocation && !isFree && !isBegin) || !joinWindow(settled, timeNs, window)) return false;
  m_ordering.lastNs = timeNs;
  const std::uint32_t index = threadIndex(thread, timeNs);
  OrderedEvent& ordered = window.next();
  ordered.timeNs = timeNs;
  ordered.address = event.address();
  ordered.limbo = &thread.recorded.limbo[stream];
  ordered.thread = index;
  ordered.level = static_cast<std::uint8_t>(event.level());
  ordered.process = m_ordering.process;
  if (isAllocation) {
    const bool isRealloc = kind == EventKind::ReallocDone || kind == EventKind::ReallocDoneLarge;
    ordered.kind = isRealloc ? EventKind::ReallocDone : EventKind::Alloc;
    ordered.pair = pairOf(event);
    ordered.blockNs = std::max(timeNs, m_ordering.leastNs);
    if (ordered.address != 0) ordered.number = m_ordering.nextAllocation++;
  } else {
    ordered.kind = isFree ? EventKind::Free : EventKind::ReallocBegin;
    ordered.origin = event.origin();
    ordered.foldedHigh = static_cast<std::uint8_t>(event.extra());
    if (wire::eventBytes(kind) != wire::kFreeBytes) ordered.given = window.addGiven(freeingOf(event));
  }
  if (ordered.address != 0)
    window.add(m_matcher.shardOf(ordered.address));
  else if (!isFree)  // Nothing comes of such a free.
    window.add();
  return true;
}

void EventTranslator::takeDefinitions(MessageSink& definitions) {
  m_threads.flush(definitions);
  m_stacks.flush(definitions);
  m_heaps.flush(definitions);
  m_pairs.flush(definitions);
}

void EventTranslator::inherit(InheritedHeap heap) {
  if (heap.incomplete) m_matcher.expectUnrecorded();
  m_matcher.inherit(std::move(heap.blocks));
  m_heaps.inherit(std::move(heap));
}

InheritedHeap EventTranslator::heapFor(const std::vector<const RecordedThread*>& threads) {
  InheritedHeap heap;
  heap.blocks = m_matcher.handOn();
  for (const RecordedThread* thread : threads)
    for (const Limbo& limbo : thread->limbo)
      for (const Limbo::Entry& entry : limbo)
        if (entry.block)
          heap.blocks.moving.push_back({entry.block->address, m_matcher.bytesOf(*entry.block)});
  std::vector<const MapLimbo*> moving;
  for (const RecordedThread* thread : threads)
    for (const MapLimbo& limbo : thread->mapLimbo) moving.push_back(&limbo);
  m_heaps.handOn(moving, heap);
  // Between the announcement and the fork itself, other threads may allocate what is not in here.
  heap.incomplete = m_matcher.unrecordedExpected() || threads.size() > 1;
  return heap;
}

void EventTranslator::sendKeyframe(const std::vector<const RecordedThread*>& threads) {
  flush();
  LiveBlocks live;
  live.firstAllocation = m_encoder.nextAllocation();
  live.rows = m_sink.roomForKeyframe();
  m_matcher.copyTo(live);
  std::vector<const MapLimbo*> moving;
  for (const RecordedThread* thread : threads) {
    for (const Limbo& limbo : thread->limbo)
      for (const Limbo::Entry& entry : limbo)
        if (const auto& block = entry.block; block && !block->isInherited())
          live.wholeRows.push_back({block->number, block->address, block->timeNs, block->pair});
    for (const MapLimbo& limbo : thread->mapLimbo) moving.push_back(&limbo);
  }
  m_heaps.copyTo(moving, live);
  m_keyframes->made(m_encoder.events(), m_sink.sent());
  m_sink.sendKeyframe(std::move(live));
}

void EventTranslator::letGoOfBlocks() {
  m_matcher.letGo();
  m_heaps.letGo();
}

std::uint32_t EventTranslator::threadIndex(ThreadStream& thread, std::uint64_t timeNs) {
  std::uint32_t& index = thread.recorded.index;
  if (index == RecordedThread::kNoIndex) {
    thread.hostTid = m_process.hostTid(thread.tid);
    index = m_threads.define(thread.hostTid != 0 ? thread.hostTid : thread.tid, timeNs, thread.ownName);
  }
  return index;
}

Allocated EventTranslator::allocatedBy(const Event& event) {
  return {.address = event.address(), .pair = pairOf(event)};
}

std::uint32_t EventTranslator::pairOf(const Event& event) {
  const auto written = event.pair();
  if (written)
    if (const auto known = m_pairCache.find(*written)) return *known;
  const BlockKind kind{event.origin(), static_cast<std::uint8_t>(event.extra() & 0x3F), event.attribute};
  const std::uint32_t stack = m_stacks.idOf(event.stack);
  const std::uint32_t pair = m_pairs.indexOf({event.size, stack, kind});
  if (written && m_stacks.isKnown(event.stack)) m_pairCache.remember(*written, pair, m_pairs.size());
  return pair;
}

Freeing EventTranslator::freeingOf(const Event& event) {
  Freeing freeing{.address = event.address(),
                  .origin = event.origin(),
                  .foldedHigh = static_cast<std::uint8_t>(event.extra())};
  if (wire::eventBytes(event.kind()) == wire::kFreeBytes) return freeing;
  if ((event.attribute & wire::kGivenStack) != 0) freeing.stack = m_stacks.idOf(event.stack);
  if ((event.attribute & wire::kGivenSize) != 0) freeing.declaredSize = event.size;
  if ((event.attribute & wire::kGivenAlign) != 0)
    freeing.declaredAlignLog2 = static_cast<std::uint8_t>(event.extra());
  freeing.temporary = (event.attribute & wire::kGivenTemporary) != 0;
  return freeing;
}

void EventTranslator::markOf(const Event& event, std::uint64_t timeNs) {
  const auto name = m_memory.text(wire::markOffset(event.address()), wire::markLength(event.address()));
  mark(timeNs, {name.data(), name.size()}, event.is(wire::RareKind::Snapshot));
}

void EventTranslator::obeyed(std::uint64_t command) {
  v1::RecordRequest request;
  request.mutable_obeyed()->set_command(command);
  m_sink.send(request);
}

void EventTranslator::mark(std::uint64_t timeNs, std::string_view name, bool snapshot) {
  if (++m_marks > kMaxMarks) return;
  flush();
  v1::RecordRequest request;
  request.mutable_mark()->set_name(std::string(name));
  request.mutable_mark()->set_at_ns(timeNs);
  request.mutable_mark()->set_snapshot(snapshot);
  m_sink.send(request);
}

void EventTranslator::ask(std::uint32_t number) {
  const wire::Question& asked = m_memory.header().question;
  HeapQuestion question{.number = number,
                        .isOfAll = __atomic_load_n(&asked.what, __ATOMIC_RELAXED) == wire::kAskLive,
                        .isSampled = m_memory.sampleInterval() != 0,
                        .isComplete = !m_matcher.unrecordedExpected() && !m_memory.hasUnrecorded(),
                        .stack = __atomic_load_n(&asked.stack, __ATOMIC_RELAXED)};
  const auto start = m_spans.startOf(__atomic_load_n(&asked.span, __ATOMIC_RELAXED));
  question.isSpanKnown = start.has_value();
  if (start && !question.isSampled) addBlocksSince(*start, question);
  m_question = std::move(question);
}

void EventTranslator::addBlocksSince(std::uint64_t start, HeapQuestion& question) {
  const auto isOfSpan = [start](const Block& block) { return !block.isInherited() && block.number >= start; };
  absl::flat_hash_map<std::uint32_t, std::uint32_t> stackOf;  // By pair.
  m_matcher.forEachBlock([&](const Block& block) {
    if (isOfSpan(block)) stackOf[block.pair] = 0;
  });
  if (stackOf.empty()) return;
  m_pairs.forEachStack([&](std::uint32_t pair, std::uint32_t stack) {
    if (const auto wanted = stackOf.find(pair); wanted != stackOf.end()) wanted->second = stack;
  });
  std::vector<std::uint32_t> stacks;
  absl::flat_hash_map<std::uint32_t, std::uint32_t> siteOf;  // By stack.
  for (const auto& [pair, stack] : stackOf)
    if (siteOf.try_emplace(stack, static_cast<std::uint32_t>(stacks.size())).second) stacks.push_back(stack);
  question.sites = m_stacks.framesOf(stacks);
  question.blocks.reserve(m_matcher.liveBlocks());
  m_matcher.forEachBlock([&](const Block& block) {
    question.blocks.push_back(
        {.address = block.address,
         .bytes = m_matcher.bytesOf(block),
         .number = block.number,
         .site = isOfSpan(block) ? siteOf.at(stackOf.at(block.pair)) : HeapQuestion::kOlder});
  });
  std::sort(question.blocks.begin(), question.blocks.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
}

void EventTranslator::noteDrops(ThreadStream* thread, wire::DropReason reason, const EventCounts& drops,
                                std::uint64_t sinceNs) {
  if (drops.allocations != 0) noteUnrecorded();
  OpenGaps& gaps = thread != nullptr ? thread->recorded.gaps : m_gapsWithoutThread;
  OpenGap& gap = gaps[static_cast<std::size_t>(reason)];
  if (!gap.drops.any()) gap.fromNs = sinceNs;
  gap.drops += drops;
}

void EventTranslator::flushGaps(ThreadStream* thread, std::uint64_t nowNs) {
  OpenGaps& gaps = thread != nullptr ? thread->recorded.gaps : m_gapsWithoutThread;
  for (std::size_t reason = 0; reason < gaps.size(); ++reason) {
    OpenGap& open = gaps[reason];
    if (!open.drops.any()) continue;
    v1::RecordRequest request;
    v1::Gap& gap = *request.mutable_gap();
    if (thread != nullptr) {
      gap.set_thread(threadIndex(*thread, nowNs) + 1);
      m_threads.flush(m_sink);
    }
    gap.set_reason(static_cast<v1::DropReason>(reason + 1));
    gap.set_from_ns(open.fromNs);
    gap.set_to_ns(nowNs);
    gap.set_allocations(open.drops.allocations);
    gap.set_allocated_bytes(open.drops.bytes);
    gap.set_frees(open.drops.frees);
    m_sink.send(request);
    open = {};
  }
}

void EventTranslator::threadEnd(ThreadStream& thread, std::uint64_t nowNs) {
  for (Limbo& limbo : thread.recorded.limbo)
    if (!limbo.empty()) m_matcher.streamEnd({nowNs, threadIndex(thread, nowNs)}, limbo);
  for (MapLimbo& limbo : thread.recorded.mapLimbo)
    if (!limbo.entries.empty()) m_heaps.streamEnd({nowNs, threadIndex(thread, nowNs)}, limbo);
  flushGaps(&thread, nowNs);
  if (thread.recorded.index != RecordedThread::kNoIndex)
    m_threads.ended(thread.recorded.index, thread.ownName);
}

void EventTranslator::flushIfOlder(std::uint64_t nowNs, std::uint64_t maxAgeNs) {
  if (!m_encoder.empty() && m_encoder.startNs() + maxAgeNs <= nowNs) flush();
}

void EventTranslator::flush() {
  takeDefinitions(m_sink);
  m_encoder.flush(m_sink);
}

void EventTranslator::flushFindings() {
  if (!m_findings.changed()) return;
  flush();
  m_findings.flush(m_sink);
}

std::vector<DoubtfulCall> EventTranslator::takeDoubts() {
  std::vector<OperatorDoubt> doubts = m_findings.takeDoubts();
  absl::flat_hash_map<std::uint32_t, std::uint32_t> stacks;  // By pair.
  for (const OperatorDoubt& doubt : doubts)
    if (doubt.isOfPair) stacks[doubt.pair] = 0;
  if (!stacks.empty())
    m_pairs.forEachStack([&](std::uint32_t pair, std::uint32_t stack) {
      if (const auto wanted = stacks.find(pair); wanted != stacks.end()) wanted->second = stack;
    });
  std::vector<std::uint32_t> wanted;
  for (OperatorDoubt& doubt : doubts) {
    if (doubt.isOfPair) doubt.stack = stacks[doubt.pair];
    wanted.push_back(doubt.stack);
  }
  const auto frames = m_stacks.innermostOf(wanted);
  std::vector<DoubtfulCall> calls;
  for (const OperatorDoubt& doubt : doubts)
    calls.push_back({doubt.finding, doubt.other, frames.at(doubt.stack)});
  return calls;
}

void EventTranslator::resident(const std::vector<ResidentSample>& samples) {
  if (samples.empty()) return;
  v1::RecordRequest request;
  v1::ResidentMemory& message = *request.mutable_resident();
  for (const ResidentSample& sample : samples) {
    m_lastResidentNs = std::max(m_lastResidentNs, sample.atNs);
    message.add_at_ns(m_lastResidentNs);
    message.add_rss_bytes(sample.rssBytes);
    message.add_pss_bytes(sample.pssBytes);
    message.add_pool_bytes(sample.ownBytes);
    // The kernel notes its maximum a little late.
    m_maxRssBytes = std::max({m_maxRssBytes, sample.maxRssBytes, sample.rssBytes});
  }
  m_sink.send(request);
}

void EventTranslator::lookForPauses(std::uint64_t nowNs) {
  const std::uint32_t control = m_memory.header().control.load(std::memory_order_relaxed);
  m_pauses.look((control & wire::kControlAnyPause) != 0, m_memory.hasEverPaused() && !m_wasPausedBefore,
                nowNs);
}

void EventTranslator::sendCounters(std::uint64_t brokenStreams, std::uint64_t targetMaxRssBytes,
                                   bool always) {
  v1::Counters counters;
  Matcher::Counts counts = m_matcher.counts();
  m_heaps.addTo(counts);
  counters.set_unmatched_frees(counts.unmatchedFrees);
  counters.set_unrecorded_frees(counts.unrecordedFrees);
  counters.set_lost_frees(counts.lostFrees);
  m_maxRssBytes = std::max(m_maxRssBytes, targetMaxRssBytes);
  counters.set_target_max_rss_bytes(m_maxRssBytes);
  counters.set_broken_streams(brokenStreams);
  counters.set_invalid_stacks(m_stacks.invalidStacks());
  counters.set_inherited_blocks(m_matcher.counts().inheritedBlocks);
  counters.set_inherited_bytes(m_matcher.counts().inheritedBytes);
  counters.set_inherited_frees(m_matcher.counts().inheritedFrees);
  counters.set_inherited_freed_bytes(m_matcher.counts().inheritedFreedBytes);
  counters.set_findings_beyond(m_findings.beyond());
  const std::uint32_t control = m_memory.header().control.load(std::memory_order_relaxed);
  counters.set_bypassed(((control & wire::kControlBypassed) != 0 ? 1 : 0) |
                        ((control & wire::kControlLookedPast) != 0 ? 2 : 0));
  counters.set_paused_ns(m_pauses.totalNs());
  if (const auto since = m_pauses.sinceNs()) counters.set_paused_since_ns(std::max<std::uint64_t>(*since, 1));
  counters.set_modules_beyond(m_memory.header().modulesBeyond.load(std::memory_order_relaxed));
  counters.set_marks_beyond(m_marks > kMaxMarks ? m_marks - kMaxMarks : 0);
  if (m_memory.sampleInterval() != 0) {
    counters.mutable_exact()->set_allocations(m_exact.allocations);
    counters.mutable_exact()->set_allocated_bytes(m_exact.bytes);
    counters.mutable_exact()->set_frees(m_exact.frees);
  }
  std::string content = counters.SerializeAsString();
  if (content == m_sentCounters && !always) return;
  m_sentCounters = std::move(content);
  // The target may have said anything.
  constexpr double kMostNs = 1e18;
  if (m_ownNs) counters.set_agent_cpu_ns(static_cast<std::uint64_t>(std::clamp(*m_ownNs, 1.0, kMostNs)));
  m_counters = std::move(counters);
  sendFinalCost();
}

void EventTranslator::sendFinalCost() {
  v1::RecordRequest request;
  *request.mutable_counters() = m_counters;
  request.mutable_counters()->set_relay_cpu_ns(ownCpuNs() - m_cpuNsBefore);
  m_sink.send(request);
}

}  // namespace heaptap::relay
