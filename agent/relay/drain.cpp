// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

constexpr std::size_t kThreadChecksPerRound = 64;
constexpr std::uint64_t kRoundsPerCounters = 10;

}  // namespace

Drain::Drain(SharedMemory& memory, const TargetProcess& process, SessionClock& clock, Recorder& recorder)
    : m_memory(memory), m_process(process), m_clock(clock), m_recorder(recorder), m_streams(memory) {}

std::size_t Drain::poll() {
  m_previousPollNs = m_clock.now();
  const std::uint64_t upTo = m_clock.observe();
  m_streams.refresh();
  noteLosses();  // After the heads: what was dropped before a published event is known before that event is.
  return process(upTo);
}

void Drain::finish() {
  m_clock.observe();
  // No more than twice what the pool holds: a target that was told to stop may go on writing for ever.
  std::uint64_t left =
      std::uint64_t{m_memory.geometry().chunkCount} * wire::kChunkPayload / wire::kFreeBytes * 2 + 1;
  for (;;) {
    m_streams.refresh();
    noteLosses();
    const std::size_t processed = process(std::numeric_limits<std::uint64_t>::max());
    if (processed == 0 || processed >= left) break;
    left -= processed;
  }
  housekeep();
  sendCounters();
}

void Drain::noteLosses() {
  if (m_memory.everPaused()) m_recorder.noteUnrecorded();
  for (const auto& thread : m_streams.threads())
    if (const Drops drops = thread->drops.difference(m_memory.slot(thread->slot)->dropped); drops.any())
      m_recorder.noteDrops(thread.get(), drops, m_previousPollNs);
  if (const Drops drops = m_dropsWithoutThread.difference(m_memory.header().droppedWithoutThread);
      drops.any())
    m_recorder.noteDrops(nullptr, drops, m_previousPollNs);
}

std::size_t Drain::process(std::uint64_t upTo) {
  m_heap.clear();
  for (const auto& thread : m_streams.threads())
    for (std::size_t i = 0; i < wire::kStreamsPerThread; ++i)
      if (const StreamReader& reader = thread->streams[i]; reader.ready() && reader.stamp() <= upTo)
        m_heap.push_back({reader.stamp(), thread.get(), i});
  std::make_heap(m_heap.begin(), m_heap.end(), later);

  std::size_t processed = 0;
  while (!m_heap.empty() && processed < kMaxEventsPerPoll) {
    std::pop_heap(m_heap.begin(), m_heap.end(), later);
    const Source source = m_heap.back();
    m_heap.pop_back();
    StreamReader& reader = source.reader();
    // A run: this stream is the earliest until it passes the next one.
    const std::uint64_t limit = m_heap.empty() ? upTo : std::min(upTo, m_heap.front().stamp);
    do {
      // Two steps for each event taken, until the distance is reached.
      for (int i = 0; i < 2; ++i)
        if (const std::uint64_t soon = reader.lookAhead(); soon != 0) m_recorder.prefetch(soon);
      const Event event = reader.take();
      m_recorder.record(*source.thread, source.stream, event, m_clock.nanoseconds(event.stamp()));
      ++processed;
    } while (reader.ready() && reader.stamp() <= limit && processed < kMaxEventsPerPoll);
    if (reader.broken()) m_recorder.noteUnrecorded();
    if (reader.ready() && reader.stamp() <= upTo) {
      m_heap.push_back({reader.stamp(), source.thread, source.stream});
      std::push_heap(m_heap.begin(), m_heap.end(), later);
    }
  }
  return processed;
}

void Drain::housekeep() {
  const std::uint64_t now = m_clock.advanceToNow();
  // In this order: a thread found gone is reclaimed next time, after its streams were looked at once more.
  m_streams.reclaim([&](ThreadStream& thread) { m_recorder.threadEnd(thread, now); });
  m_streams.findGone(m_process, kThreadChecksPerRound);
  for (const auto& thread : m_streams.threads()) m_recorder.flushGap(thread.get(), now);
  m_recorder.flushGap(nullptr, now);
  m_recorder.refreshThreadNames(now);
  if (m_rounds++ % kRoundsPerCounters == 0) sendCounters();
}

void Drain::sendCounters() {
  m_maxRssBytes = std::max(m_maxRssBytes, m_process.maxResidentBytes());
  m_recorder.sendCounters(m_streams.brokenStreams(), m_maxRssBytes);
}

}  // namespace heaptap::relay
