// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/relay/drain/event_window.h"
#include "agent/relay/drain/heap_question.h"
#include "agent/relay/drain/keyframe_interval.h"
#include "agent/relay/drain/other_heaps.h"
#include "agent/relay/drain/pause_times.h"
#include "agent/relay/drain/span_starts.h"
#include "agent/relay/drain/thread_streams.h"
#include "agent/relay/encode/batch_encoder.h"
#include "agent/relay/encode/pair_cache.h"
#include "agent/relay/encode/pair_table.h"
#include "agent/relay/match/matcher.h"
#include "agent/relay/memory/memory_probe.h"
#include "agent/relay/names/module_import.h"
#include "agent/relay/names/stack_import.h"
#include "agent/relay/names/thread_table.h"

namespace heaptap::relay {

/// A mismatch that is none, if its call of malloc or free was that of an operator.
struct DoubtfulCall {
  std::uint32_t finding = 0;
  wire::Family other{};  ///< What it should go with.
  Frame frame;           ///< That made the call; without a module where that is unknown.
};

/// Turns ordered events into the messages of one session, definitions before their first use.
/// Threads: the drain's.
class EventTranslator {
 public:
  /// `blocks`: those of all processes of a tree, as they inherit each other's. `index`: of this one, in the
  /// shared memory.
  EventTranslator(const SharedMemory& memory, const TargetProcess& process, MessageSink& sink,
                  BlockStores blocks, std::uint32_t index = wire::kFirstProcess);

  /// Only what events add up to is sent, no single event, and no keyframes. Before the first one.
  void leaveOutEvents() {
    m_encoder.leaveOutColumns();
    m_keyframes.reset();
  }
  /// Records one event of stream `stream` of `thread`.
  void record(ThreadStream& thread, std::size_t stream, const Event& event, std::uint64_t timeNs);

  /// What `record` does of an event of malloc's heap can also be done in three steps, of which only the first
  /// is the drain's: `order` says what the event is, `match` finds its block, and `conclude` records it.
  /// From the first call of `order` to the last of `conclude` nothing else may be called but `prefetchPair`.
  ///
  /// Adds the event to the window. `settled`: a number that is another one when all that was ordered before
  /// has been concluded.
  /// Returns: false where the event is one that only `record` can do.
  bool order(ThreadStream& thread, std::size_t stream, const Event& event, std::uint64_t timeNs,
             std::uint64_t settled, EventWindow& window);
  /// Takes the definitions that are new since the last call, for who concludes.
  void takeDefinitions(MessageSink& definitions);
  /// Threads: one for each shard.
  void match(unsigned shard, EventWindow& window, std::span<const std::uint16_t> places) {
    m_matcher.match(shard, window.events(), places, window.lost(shard));
  }
  /// Threads: one at a time, in the order of events; definitions come before those that refer to them.
  void conclude(std::vector<v1::RecordRequest>& definitions) {
    for (v1::RecordRequest& request : definitions) m_sink.send(request);
  }
  void conclude(const OrderedEvent& event, const Freeing* given, const Block* lost) {
    if (m_encoder.full()) m_encoder.flush(m_sink);
    m_matcher.conclude(event, given, lost);
  }
  void prefetchConclusion(const OrderedEvent& event) const { m_matcher.prefetchConclusion(event); }
  [[nodiscard]] unsigned shardOf(std::uint64_t address) const { return m_matcher.shardOf(address); }

  /// The process begins with the blocks that its parent had. Before the first event.
  void inherit(InheritedHeap heap);
  /// All blocks that are live now: what a child that is forked now gets. Blocks whose realloc `threads`
  /// (those of this process) have begun count at their old address.
  [[nodiscard]] InheritedHeap heapFor(const std::vector<const RecordedThread*>& threads);
  /// Sends the live blocks as they are now, if enough has happened since the last time. `threads`: those of
  /// this process; blocks whose realloc they have begun are live.
  template <class Threads>
  void keyframeIfDue(Threads&& threads) {
    if (m_keyframes && m_sink.wantsEvents() &&
        m_keyframes->isDue(m_encoder.events(), liveBlocks(), m_sink.sent(), m_sink.keyframeBytes()))
      sendKeyframe(threads());
  }
  /// The same, for a snapshot that is to be made now.
  template <class Threads>
  void keyframeForSnapshot(Threads&& threads) {
    if (m_keyframes && m_sink.wantsEvents() && m_marks < kMaxMarks &&
        m_keyframes->isWorthIt(m_encoder.events(), liveBlocks()))
      sendKeyframe(threads());
  }
  /// The session has ended, and no event comes any more: its blocks go, bit by bit.
  void letGoOfBlocks();
  /// Gives back some of the memory of sessions that have ended.
  void cleanUp() {
    for (unsigned i = 0; i < m_blocks.shards(); ++i) BlockTable::cleanUp(*m_blocks.of(i), 1);
  }
  /// What the blocks of all processes of the tree take.
  [[nodiscard]] std::size_t blockBytes() const { return m_blocks.backedBytes(); }

  /// Looks for the files of the binaries that the process has registered: they may be removed soon.
  void findModules() { m_modules.findNew(); }

  /// This event will come soon: loads what `record` will need into the cache.
  void prefetch(const EventAhead& event) const {
    m_matcher.prefetch(event.address);
    prefetchPair(event);
  }
  /// The same for `order`.
  void prefetchPair(const EventAhead& event) const {
    if (event.pair) m_pairCache.prefetch(*event.pair);
  }
  /// Notes what a thread could not write, and why. Null: the thread is not known.
  /// Units: `sinceNs` is the last time at which this had not been dropped.
  void noteDrops(ThreadStream* thread, wire::DropReason reason, const EventCounts& drops,
                 std::uint64_t sinceNs);
  /// Allocations may be missing from here on, without a count.
  void noteUnrecorded() {
    m_matcher.expectUnrecorded();
    m_heaps.expectUnrecorded();
  }
  /// The program or a user has named this moment, after all that was recorded. `snapshot`: the heap as it is
  /// now is wanted later.
  void mark(std::uint64_t timeNs, std::string_view name, bool snapshot);
  /// What the program has asked since the last call; none: nothing.
  [[nodiscard]] std::optional<HeapQuestion> takeQuestion() { return std::exchange(m_question, std::nullopt); }
  /// Is the block of the question still live?
  [[nodiscard]] bool isLive(const HeapQuestion::Block& block) {
    return m_matcher.isLive(block.address, block.number);
  }
  /// Answers a command: it is carried out.
  void obeyed(std::uint64_t command);
  /// The thread's slot is given back.
  void threadEnd(ThreadStream& thread, std::uint64_t nowNs);

  /// Sends the batch if it was begun more than `maxAgeNs` ago.
  void flushIfOlder(std::uint64_t nowNs, std::uint64_t maxAgeNs);
  /// Sends all events recorded so far, and what they refer to.
  void flush();
  /// Sends the drops noted for `thread` (null: for none): a Gap for each reason.
  void flushGaps(ThreadStream* thread, std::uint64_t nowNs);
  /// Sends the findings that are new or have new counts, after all that they refer to.
  void flushFindings();
  /// Mismatches that may be none, new since the last call, with the frames that tell; see OperatorDoubts.
  /// Takes time for all stacks and pairs.
  [[nodiscard]] std::vector<DoubtfulCall> takeDoubts();
  [[nodiscard]] bool hasDoubts() const { return m_findings.hasDoubts(); }
  /// They turned out to be none; `flushFindings` tells.
  void dismiss(const std::vector<std::uint32_t>& findings) {
    for (const std::uint32_t finding : findings) m_findings.dismiss(finding);
  }
  /// What a thread did, sampled or not; added up in the counters.
  void addExact(const EventCounts& counts) { m_exact += counts; }
  /// Whether allocations are recorded just now; at each poll.
  void lookForPauses(std::uint64_t nowNs);
  /// The target has spent about so much time in its events.
  void noteOwnTime(double ns) { m_ownNs = m_ownNs.value_or(0) + ns; }
  /// Sends what the kernel says of the process's memory. Their times are in ns since the session's start.
  void resident(const std::vector<ResidentSample>& samples);
  /// Sends the counters if they changed, or always.
  void sendCounters(std::uint64_t brokenStreams, std::uint64_t targetMaxRssBytes, bool always);
  /// Sends the last ones once more, with what the relay has spent by now. After them, from any one thread.
  void sendFinalCost();
  void refreshThreadNames(std::uint64_t nowNs) { m_threads.refreshNames(nowNs); }

  [[nodiscard]] const Matcher& matcher() const { return m_matcher; }
  [[nodiscard]] const StackImport& stacks() const { return m_stacks; }
  [[nodiscard]] const ModuleImport& modules() const { return m_modules; }

 private:
  /// Each ends a batch, so a program that names every moment would cost more than its events.
  static constexpr std::uint64_t kMaxMarks = 1000;

  /// What `order` knows beside the events: all of it follows from them and the state when it began.
  struct Ordering {
    std::uint64_t settled = 0;         ///< When that was.
    std::uint64_t leastNs = 0;         ///< No event is recorded earlier.
    std::uint64_t lastNs = 0;          ///< When the last event was.
    std::uint64_t nextAllocation = 0;  ///< Its number.
    std::uint64_t window = 0;          ///< In which the process has the number …
    std::uint8_t process = 0;          ///< … this one.
  };

  bool joinWindow(std::uint64_t settled, std::uint64_t timeNs, EventWindow& window);
  void sendKeyframe(const std::vector<const RecordedThread*>& threads);
  [[nodiscard]] std::size_t liveBlocks() const { return m_matcher.liveBlocks() + m_heaps.liveBlocks(); }
  std::uint32_t threadIndex(ThreadStream& thread, std::uint64_t timeNs);
  void makeRoom();
  void markOf(const Event& event, std::uint64_t timeNs);
  void ask(std::uint32_t number);
  void addBlocksSince(std::uint64_t start, HeapQuestion& question);
  Allocated allocatedBy(const Event& event);
  std::uint32_t pairOf(const Event& event);
  Freeing freeingOf(const Event& event);

  const SharedMemory& m_memory;
  const TargetProcess& m_process;
  MessageSink& m_sink;
  ThreadTable m_threads;
  ModuleImport m_modules;
  StackImport m_stacks;
  PairTable m_pairs;
  PairCache m_pairCache;
  BatchEncoder m_encoder;
  Findings m_findings;
  BlockStores m_blocks;
  Matcher m_matcher;
  OtherHeaps m_heaps;
  Ordering m_ordering;
  std::optional<KeyframeInterval> m_keyframes{std::in_place};  ///< None: there are none.
  OpenGaps m_gapsWithoutThread;
  std::uint64_t m_marks = 0;
  SpanStarts m_spans;
  std::optional<HeapQuestion> m_question;
  EventCounts m_exact;
  PauseTimes m_pauses;
  const bool m_wasPausedBefore;       ///< Before this session: by its parent.
  const std::uint64_t m_cpuNsBefore;  ///< Of this process, at the session's start.
  std::optional<double> m_ownNs;      ///< Estimated. None: no event was timed.
  std::uint64_t m_maxRssBytes = 0;
  std::uint64_t m_lastResidentNs = 0;
  v1::Counters m_counters;     ///< Those sent last, …
  std::string m_sentCounters;  ///< … serialized without the CPU times: sent again only when they differ.
};

}  // namespace heaptap::relay
