// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/drain.h"

#include <algorithm>
#include <utility>

#include "agent/relay/target/span_answer.h"

namespace heaptap::relay {
namespace {

constexpr std::size_t kThreadChecksPerRound = 64;
constexpr std::size_t kThreadChecksForRoom = 2048;  // Some 5 ms.
constexpr std::uint64_t kRoundsPerCounters = 10;
/// What the blocks of a tree may take before heaps that are kept for children count as dear: twice what its
/// processes need, and something for small ones.
constexpr std::size_t kDearBytes = std::size_t{256} << 20;
constexpr std::size_t kDearBytesABlock = 40;

/// When an event is to be processed. One of the future is hostile, or from a skewed core; that of a process
/// which has ended must not be waited for.
std::uint64_t due(const ThreadStream& thread, const StreamReader& reader, std::uint64_t upTo) {
  return thread.process->ended ? std::min(reader.stamp(), upTo) : reader.stamp();
}

}  // namespace

Drain::Drain(SharedMemory& memory, SessionClock& clock, ProcessRegister& processes, const Matching& matching,
             std::size_t maxForkHeaps)
    : m_memory(memory),
      m_clock(clock),
      m_processes(processes),
      m_forkHeaps(maxForkHeaps),
      m_streams(memory, processes),
      m_readingTicks(clock.readingTicks()),
      m_matching(matching) {
  // Where allocations are sampled there are few events, and their weights add up in their order.
  if (matching.threads > 1 && memory.sampleInterval() == 0)
    m_matchThreads.emplace(matching.shards, matching.threads);
}

std::size_t Drain::poll() {
  m_previousPollNs = m_clock.now();
  const std::uint64_t upTo = m_clock.observe();
  m_memory.header().relayTime.store(upTo, std::memory_order_relaxed);
  m_streams.refresh();
  noteLosses();  // After the heads: what was dropped before a published event is known before that event is.
  if (const RecordedProcess* const any = anyRecorded()) any->translator->cleanUp();
  const std::size_t processed = process(upTo);
  sendKeyframes();
  for (const RecordedProcess* each : m_processes.all()) lookForPauses(*each);
  return processed;
}

void Drain::lookForPauses(const RecordedProcess& process) const {
  if (process.translator != nullptr) process.translator->lookForPauses(process.sessionNs(m_clock.now()));
}

void Drain::finish() {
  m_clock.observe();
  // No more than twice what the pool holds: a target that was asked to stop may go on writing without end.
  std::uint64_t left =
      std::uint64_t{m_memory.geometry().chunkCount} * wire::kChunkPayload / wire::kShortFreeBytes * 2 + 1;
  for (;;) {
    m_streams.refresh();
    noteLosses();
    const std::size_t processed = process(std::numeric_limits<std::uint64_t>::max());
    if (processed == 0 || processed >= left) break;
    left -= processed;
  }
  housekeep();
  for (RecordedProcess* process : m_processes.all()) conclude(*process);
}

const RecordedProcess* Drain::anyRecorded() const {
  const std::vector<RecordedProcess*> all = m_processes.all();
  const auto recording = std::find_if(all.begin(), all.end(),
                                      [](const auto* process) { return process->translator != nullptr; });
  return recording != all.end() ? *recording : nullptr;
}

void Drain::noteLosses() {
  if (m_memory.hasUnrecorded())
    for (const RecordedProcess* process : m_processes.all())
      if (process->translator != nullptr) process->translator->noteUnrecorded();
  for (const auto& thread : m_streams.threads())
    thread->drops.differences(m_memory.slot(thread->slot)->dropped, [&](auto reason, const auto& drops) {
      const RecordedProcess& owner = *thread->process;
      if (owner.translator != nullptr)
        owner.translator->noteDrops(thread.get(), reason, drops, owner.sessionNs(m_previousPollNs));
    });
  m_dropsWithoutThread.differences(
      m_memory.header().droppedWithoutThread, [&](auto reason, const auto& drops) {
        if (const RecordedProcess* const process = anyRecorded())
          process->translator->noteDrops(nullptr, reason, drops, process->sessionNs(m_previousPollNs));
      });
}

std::size_t Drain::process(std::uint64_t upTo) {
  m_heap.clear();
  for (const auto& thread : m_streams.threads())
    for (std::size_t i = 0; i < wire::kStreamsPerThread; ++i)
      if (const StreamReader& reader = thread->streams[i];
          reader.ready() && due(*thread, reader, upTo) <= upTo)
        m_heap.push_back({due(*thread, reader, upTo), thread.get(), i});
  std::make_heap(m_heap.begin(), m_heap.end(), later);

  std::size_t processed = 0;
  const std::size_t alone = m_matchThreads ? m_matching.eventsAlone : kMaxEventsPerPoll;
  bool mayBegin = m_matchThreads.has_value();
  while (!m_heap.empty() && processed < kMaxEventsPerPoll) {
    if (mayBegin && processed >= alone) {
      mayBegin = false;
      m_isTogether = beginTogether();
    }
    std::pop_heap(m_heap.begin(), m_heap.end(), later);
    const Source source = m_heap.back();
    m_heap.pop_back();
    // A run: this stream is the earliest until it passes the next one.
    const std::uint64_t limit = m_heap.empty() ? upTo : std::min(upTo, m_heap.front().stamp);
    const std::size_t most = (mayBegin ? alone : kMaxEventsPerPoll) - processed;
    processed += m_isTogether ? orderRun(source, limit, most) : processRun(source, limit, most);
    const StreamReader& reader = source.reader();
    if (reader.ready() && due(*source.thread, reader, upTo) <= upTo) {
      m_heap.push_back({due(*source.thread, reader, upTo), source.thread, source.stream});
      std::push_heap(m_heap.begin(), m_heap.end(), later);
    }
  }
  if (m_isTogether) m_matchThreads->settle();
  m_isTogether = false;
  return processed;
}

bool Drain::beginTogether() {
  m_orderedSince = 0;
  const unsigned threads = std::min(1 + m_matching.idleCores(), m_matchThreads->most());
  return threads > 1 && m_matchThreads->use(threads) > 1;
}

std::size_t Drain::processRun(const Source& source, std::uint64_t limit, std::size_t most) {
  ThreadStream& thread = *source.thread;
  StreamReader& reader = source.reader();
  RecordedProcess& owner = *thread.process;
  EventTranslator* const translator = owner.translator;
  if (translator != nullptr && !owner.begun) begin(owner);
  std::size_t processed = 0;
  do {
    // Two steps for each event taken, until the distance is reached.
    for (int i = 0; i < 2; ++i)
      if (const auto soon = reader.lookAhead(); soon && translator != nullptr) translator->prefetch(*soon);
    const Event event = reader.take();
    ++processed;
    if (translator == nullptr) {
      refuseQuestion(event);
      continue;
    }
    if (event.is(wire::RareKind::Snapshot)) keyframeForSnapshot(owner);
    if (event.is(wire::RareKind::Fork))
      fork(thread, static_cast<std::uint32_t>(event.address()));
    else
      translator->record(thread, source.stream, event, owner.sessionNs(m_clock.nanoseconds(event.stamp())));
  } while (reader.ready() && reader.stamp() <= limit && processed < most);
  if (reader.broken() && translator != nullptr) translator->noteUnrecorded();
  return processed;
}

/// As processRun, but that the events are only put in order here. What needs all that was before is done when
/// that is; where this comes too often, the rest of the poll is done alone.
std::size_t Drain::orderRun(const Source& source, std::uint64_t limit, std::size_t most) {
  ThreadStream& thread = *source.thread;
  StreamReader& reader = source.reader();
  RecordedProcess& owner = *thread.process;
  const auto settle = [this] {
    m_matchThreads->settle();
    m_isTogether = std::exchange(m_orderedSince, 0) >= m_matching.eventsBetween;
  };
  if (owner.translator == nullptr || !owner.begun) {
    settle();
    return processRun(source, limit, most);
  }
  EventTranslator& translator = *owner.translator;
  std::size_t processed = 0;
  do {
    for (int i = 0; i < 2; ++i)
      if (const auto soon = reader.lookAhead()) translator.prefetchPair(*soon);
    const Event event = reader.take();
    ++processed;
    const std::uint64_t timeNs = owner.sessionNs(m_clock.nanoseconds(event.stamp()));
    if (!translator.order(thread, source.stream, event, timeNs, m_matchThreads->settled(),
                          m_matchThreads->window())) {
      settle();
      if (event.is(wire::RareKind::Snapshot)) keyframeForSnapshot(owner);
      if (event.is(wire::RareKind::Fork))
        fork(thread, static_cast<std::uint32_t>(event.address()));
      else
        translator.record(thread, source.stream, event, timeNs);
    } else {
      ++m_orderedSince;
      if (m_matchThreads->window().full()) m_matchThreads->send();
    }
  } while (m_isTogether && reader.ready() && reader.stamp() <= limit && processed < most);
  if (reader.broken()) {
    settle();
    translator.noteUnrecorded();
  }
  return processed;
}

void Drain::refuseQuestion(const Event& event) const {
  if (event.is(wire::RareKind::Question))
    give(m_memory, static_cast<std::uint32_t>(event.address()),
         SpanAnswer::unknown("this process is no longer recorded"));
}

std::vector<const RecordedThread*> Drain::recordedThreadsOf(const RecordedProcess& process) const {
  std::vector<const RecordedThread*> threads;
  for (const auto& thread : m_streams.threads())
    if (thread->process == &process) threads.push_back(&thread->recorded);
  return threads;
}

void Drain::sendKeyframes() const {
  for (const RecordedProcess* process : m_processes.all())
    if (process->translator != nullptr)
      process->translator->keyframeIfDue([&] { return recordedThreadsOf(*process); });
}

void Drain::keyframeForSnapshot(const RecordedProcess& process) const {
  if (process.translator != nullptr)
    process.translator->keyframeForSnapshot([&] { return recordedThreadsOf(process); });
}

InheritedHeap Drain::heapOf(const RecordedProcess& process) const {
  return process.translator->heapFor(recordedThreadsOf(process));
}

void Drain::fork(const ThreadStream& thread, std::uint32_t number) {
  if (number == wire::kNoFork) return;
  m_forkHeaps.keep(number, thread.process->index, heapOf(*thread.process), areKeptHeapsDear());
}

bool Drain::areKeptHeapsDear() const {
  std::size_t blocks = 0;
  std::size_t bytes = 0;
  for (const RecordedProcess* process : m_processes.all()) {
    if (process->translator == nullptr) continue;
    blocks += process->translator->matcher().liveBlocks();
    bytes = process->translator->blockBytes();
  }
  return bytes > kDearBytes + blocks * kDearBytesABlock;
}

void Drain::begin(RecordedProcess& process) {
  process.begun = true;
  if (process.index == wire::kFirstProcess) return;
  std::optional<InheritedHeap> heap;
  const std::vector<RecordedProcess*> all = m_processes.all();
  if (process.fork != wire::kNoFork) {
    heap = m_forkHeaps.take(process.fork, process.parent);
  } else {
    const auto parent = std::find_if(all.begin(), all.end(),
                                     [&](const auto* other) { return other->index == process.parent; });
    if (parent != all.end() && (*parent)->translator != nullptr && *parent != &process) {
      heap = heapOf(**parent);
      heap->incomplete = true;  // The parent has gone on since.
    }
  }
  if (heap)
    process.translator->inherit(*std::move(heap));
  else
    process.translator->noteUnrecorded();  // Its frees of inherited blocks will be of unknown ones.
}

void Drain::processEnded(RecordedProcess& process) {
  process.ended = true;
  m_streams.processEnded(process);
}

void Drain::takeExactCounts(ThreadStream& thread) {
  if (m_memory.sampleInterval() == 0 || thread.process->translator == nullptr) return;
  EventTranslator& translator = *thread.process->translator;
  const EventCounts added = thread.exact.difference(m_memory.slot(thread.slot)->exact);
  translator.addExact(added);
  // Those that were sampled, too: they are too few to make a difference.
  const double ticks = countingTicks(added.allocations + added.frees, m_memory.header().countingTicks.load());
  if (ticks != 0) translator.noteOwnTime(m_clock.durationNs(ticks));
}

void Drain::conclude(RecordedProcess& process) {
  if (process.translator == nullptr) return;
  if (!process.begun) begin(process);
  process.translator->flushGaps(nullptr, process.sessionNs(m_clock.now()));
  process.translator->flushFindings();
  for (const auto& thread : m_streams.threads())
    if (thread->process == &process) noteOwnTime(*thread);
  lookForPauses(process);
  sendCounters(process, true);
}

void Drain::noteOwnTime(ThreadStream& thread) const {
  const OwnTime added = thread.ownTime.difference(*m_memory.slot(thread.slot));
  if (EventTranslator* const translator = thread.process->translator;
      translator != nullptr && added.timed != 0)
    translator->noteOwnTime(m_clock.durationNs(added.estimate(m_readingTicks, m_memory.sampleInterval())));
}

void Drain::reclaimThreads(std::size_t checks) {
  const std::uint64_t now = m_clock.advanceToNow();
  // In this order: a thread found gone is reclaimed next time, after its streams were looked at once more.
  m_streams.reclaim([&](ThreadStream& thread) {
    takeExactCounts(thread);
    noteOwnTime(thread);
    if (EventTranslator* const translator = thread.process->translator)
      translator->threadEnd(thread, thread.process->sessionNs(now));
  });
  m_streams.findGone(checks);
}

void Drain::makeRoom() { reclaimThreads(kThreadChecksForRoom); }

void Drain::housekeep() {
  reclaimThreads(kThreadChecksPerRound);
  const std::uint64_t now = m_clock.advanceToNow();
  for (const auto& thread : m_streams.threads())
    if (EventTranslator* const translator = thread->process->translator)
      translator->flushGaps(thread.get(), thread->process->sessionNs(now));
  for (const auto& thread : m_streams.threads()) noteOwnTime(*thread);
  const bool countersAreDue = m_rounds++ % kRoundsPerCounters == 0;
  for (const RecordedProcess* process : m_processes.all()) {
    if (process->translator == nullptr) continue;
    process->translator->flushGaps(nullptr, process->sessionNs(now));
    process->translator->refreshThreadNames(process->sessionNs(now));
    process->translator->flushFindings();
    if (countersAreDue) sendCounters(*process, false);
  }
}

void Drain::sendCounters(const RecordedProcess& process, bool last) {
  for (const auto& thread : m_streams.threads())
    if (thread->process == &process) takeExactCounts(*thread);
  std::uint64_t& largest = m_maxRssBytes[process.index];
  largest = std::max(largest, process.process->maxResidentBytes());
  process.translator->sendCounters(m_streams.brokenStreams(process.index), largest, last);
}

}  // namespace heaptap::relay
