// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/drain/thread_streams.h"

#include <algorithm>

namespace heaptap::relay {

ThreadStreams::ThreadStreams(SharedMemory& memory, ProcessRegister& processes)
    : m_memory(memory),
      m_processes(processes),
      m_use(memory.geometry().chunkCount),
      m_knownClaims(memory.geometry().threadCapacity) {}

void ThreadStreams::refresh() {
  const std::uint32_t used = std::min(m_memory.header().slotHighWater.load(std::memory_order_acquire),
                                      m_memory.geometry().threadCapacity);
  for (std::uint32_t slot = 0; slot < used; ++slot) {
    const std::uint32_t claim = m_memory.slot(slot)->claim.load(std::memory_order_acquire);
    if (claim % 2 != 0 && m_knownClaims[slot] == 0) meet(slot, claim);
  }
  for (const auto& thread : m_threads) {
    const wire::ThreadSlot& slot = *m_memory.slot(thread->slot);
    ++thread->idlePolls;
    for (std::size_t i = 0; i < wire::kStreamsPerThread; ++i) {
      StreamReader& stream = thread->streams[i];
      if (!stream.begun()) stream.begin(slot.firstChunk[i].load(std::memory_order_acquire));
      if (stream.refresh()) thread->idlePolls = 0;
    }
    thread->complete = thread->gone;
  }
}

void ThreadStreams::meet(std::uint32_t slot, std::uint32_t claim) {
  RecordedProcess* const process =
      m_processes.find(__atomic_load_n(&m_memory.slot(slot)->process, __ATOMIC_RELAXED));
  if (process == nullptr && m_processes.mustWait()) return;
  auto thread = std::make_unique<ThreadStream>(m_memory, m_use);
  thread->process = process;
  if (thread->process == nullptr) {
    thread->process = &m_unknownProcess;
    ++m_brokenBefore[wire::kFirstProcess];
  }
  thread->gone = thread->process->ended;
  thread->slot = slot;
  thread->claim = claim;
  thread->tid = __atomic_load_n(&m_memory.slot(slot)->tid, __ATOMIC_RELAXED);
  thread->ownName = m_memory.threadName(slot);
  thread->claimedAt = __atomic_load_n(&m_memory.slot(slot)->claimedAt, __ATOMIC_RELAXED);
  m_knownClaims[slot] = claim;
  // A thread holds one slot, and others beside it: an older claim under this id belongs to one that has
  // ended.
  const bool beside = __atomic_load_n(&m_memory.slot(slot)->beside, __ATOMIC_RELAXED) != 0;
  ThreadStream*& holder = m_byTid[{thread->process->index, thread->tid}];
  if (holder != nullptr && beside) {
    // What the thread does is one thread's.
    thread->recorded.index = holder->recorded.index;
    thread->beside = true;
  } else if (holder == nullptr) {
    holder = thread.get();
  } else if (holder->claimedAt <= thread->claimedAt) {
    for (const auto& other : m_threads)
      if (other->beside && other->process == thread->process && other->tid == thread->tid &&
          other->claimedAt <= thread->claimedAt)
        other->gone = true;
    holder->gone = true;
    holder = thread.get();
  } else {
    thread->gone = true;
  }
  m_threads.push_back(std::move(thread));
}

void ThreadStreams::processEnded(const RecordedProcess& process) {
  for (const auto& thread : m_threads)
    if (thread->process == &process) thread->gone = true;
}

bool ThreadStreams::hasThreadOf(const RecordedProcess& process) const {
  return std::any_of(m_threads.begin(), m_threads.end(),
                     [&](const auto& thread) { return thread->process == &process; });
}

void ThreadStreams::findGone(std::size_t most) {
  for (std::size_t checked = 0; checked < std::min(most, m_threads.size()); ++checked) {
    m_nextToCheck = (m_nextToCheck + 1) % m_threads.size();
    ThreadStream& thread = *m_threads[m_nextToCheck];
    if (thread.gone || thread.idlePolls == 0) continue;
    const TargetProcess& process = *thread.process->process;
    if (thread.hostTid == 0) thread.hostTid = process.hostTid(thread.tid);
    thread.gone = !process.hasThread(thread.hostTid);
  }
}

bool ThreadStreams::isDrained(const ThreadStream& thread) {
  return thread.complete && std::none_of(thread.streams.begin(), thread.streams.end(),
                                         [](const StreamReader& stream) { return stream.ready(); });
}

std::uint64_t ThreadStreams::brokenStreams(std::uint32_t process) const {
  const auto before = m_brokenBefore.find(process);
  std::uint64_t broken = before != m_brokenBefore.end() ? before->second : 0;
  for (const auto& thread : m_threads)
    for (const StreamReader& stream : thread->streams)
      broken += stream.broken() && thread->process->index == process ? 1 : 0;
  return broken;
}

void ThreadStreams::giveBack(ThreadStream& thread) {
  for (StreamReader& stream : thread.streams) {
    if (stream.broken()) ++m_brokenBefore[thread.process->index];
    stream.end();
  }
  m_knownClaims[thread.slot] = 0;
  const auto holder = m_byTid.find({thread.process->index, thread.tid});
  if (holder != m_byTid.end() && holder->second == &thread) m_byTid.erase(holder);
  m_memory.returnSlot(thread.slot, thread.claim);
}

}  // namespace heaptap::relay
