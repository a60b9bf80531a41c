// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <map>
#include <memory>

#include "agent/relay/drain/drain.h"
#include "tests/agent/relay/decoded_session.h"
#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay::test {

/// A memory that several processes share, all played by this one, with everything that reads it.
class DrainedTree final : private ProcessRegister {
 public:
  /// Has threads and chunks for a hundred processes.
  static SharedMemory::Options memoryForMany() {
    SharedMemory::Options options = smallMemory();
    options.capacity.poolBytes = 256 * wire::kChunkBytes;
    options.capacity.threads = 256;
    options.capacity.processes = 128;
    return options;
  }

  /// `isOver`: times are those of the stamps, and of nothing else.
  explicit DrainedTree(std::size_t maxForkHeaps = ForkHeaps::kMaxHeaps, const Matching& matching = {},
                       bool isOver = false)
      : memory(SharedMemory::create(memoryForMany()).value()),
        m_process(TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid())).value()),
        m_blocks(matching.shards),
        m_clock(isOver ? SessionClock::ofThePast() : SessionClock(memory->clockMode(), memory->clockBase())),
        m_drain(*memory, m_clock, *this, matching, maxForkHeaps) {
    meet(wire::kFirstProcess);
  }

  std::size_t poll() {
    const std::size_t processed = m_drain.poll();
    for (const auto& [index, member] : m_members) member->translator.flush();
    m_drain.housekeep();
    return processed;
  }
  /// Reads all there is, then asks for a keyframe of every process as a snapshot does.
  void keyframes() {
    m_drain.poll();
    for (const auto& [index, member] : m_members) m_drain.keyframeForSnapshot(member->recorded);
  }
  void finish() {
    m_drain.finish();
    for (const auto& [index, member] : m_members) member->translator.flush();
  }
  /// The process has ended and everything that it wrote is read.
  void end(std::uint32_t index) {
    Member& member = *m_members.at(index);
    m_drain.processEnded(member.recorded);
    poll();
    EXPECT_TRUE(m_drain.isDrained(member.recorded));
    m_drain.conclude(member.recorded);
    member.translator.flush();
    member.translator.letGoOfBlocks();
    member.recorded.translator = nullptr;
  }

  [[nodiscard]] std::size_t processes() const { return m_members.size(); }
  const DecodedSession& session(std::uint32_t index) { return m_members.at(index)->session; }
  const Matcher::Counts& counts(std::uint32_t index) {
    return m_members.at(index)->translator.matcher().counts();
  }

  /// Claims a process slot as a forked child does.
  /// Returns: its index.
  std::uint32_t claim(std::uint32_t parent, std::uint32_t fork, std::uint64_t stamp = 0) {
    const std::uint32_t index = memory->header().processCount.fetch_add(1);
    wire::ProcessSlot& slot = *memory->process(index);
    slot.pid = static_cast<std::uint32_t>(getpid());
    slot.parent = parent;
    slot.fork = fork;
    slot.claimedAt = stamp;
    slot.claimed.store(1, std::memory_order_release);
    return index;
  }
  /// A thread of a process. Its id is unique, so that it counts as ended when it is idle.
  StreamWriter thread(std::uint32_t process) {
    return StreamWriter(*memory,
                        process == wire::kFirstProcess && m_nextTid == 1U << 30
                            ? static_cast<std::uint32_t>(getpid())
                            : m_nextTid++,
                        0, process);
  }

  std::unique_ptr<SharedMemory> memory;

 private:
  struct Member {
    Member(const SharedMemory& shared, const TargetProcess& process, BlockStores blocks)
        : translator(shared, process, session, std::move(blocks)) {}
    DecodedSession session;
    EventTranslator translator;
    RecordedProcess recorded;
  };

  RecordedProcess* find(std::uint32_t index) override {
    if (const auto known = m_members.find(index); known != m_members.end()) return &known->second->recorded;
    const wire::ProcessSlot* const slot = memory->process(index);
    if (slot == nullptr || slot->claimed.load(std::memory_order_acquire) != 1) return nullptr;
    RecordedProcess& met = meet(index);
    met.parent = slot->parent;
    met.fork = slot->fork;
    return &met;
  }
  [[nodiscard]] std::vector<RecordedProcess*> all() const override {
    std::vector<RecordedProcess*> processes;
    for (const auto& [index, member] : m_members) processes.push_back(&member->recorded);
    return processes;
  }
  RecordedProcess& meet(std::uint32_t index) {
    Member& member =
        *m_members.emplace(index, std::make_unique<Member>(*memory, m_process, m_blocks)).first->second;
    member.recorded.index = index;
    member.recorded.process = &m_process;
    member.recorded.translator = &member.translator;
    return member.recorded;
  }

  TargetProcess m_process;
  const BlockStores m_blocks;
  SessionClock m_clock;
  std::map<std::uint32_t, std::unique_ptr<Member>> m_members;
  std::uint32_t m_nextTid = 1U << 30;
  Drain m_drain;
};

}  // namespace heaptap::relay::test
