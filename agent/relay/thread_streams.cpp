// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/thread_streams.h"

#include <algorithm>

namespace heaptap::relay {

ThreadStreams::ThreadStreams(SharedMemory& memory)
    : m_memory(memory),
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
  auto thread = std::make_unique<ThreadStream>(m_memory, m_use);
  thread->slot = slot;
  thread->claim = claim;
  thread->tid = __atomic_load_n(&m_memory.slot(slot)->tid, __ATOMIC_RELAXED);
  thread->claimedAt = __atomic_load_n(&m_memory.slot(slot)->claimedAt, __ATOMIC_RELAXED);
  m_knownClaims[slot] = claim;
  // One thread holds one slot: an older claim under this id belongs to a thread that has ended.
  ThreadStream*& holder = m_byTid[thread->tid];
  if (holder == nullptr) {
    holder = thread.get();
  } else if (holder->claimedAt <= thread->claimedAt) {
    holder->gone = true;
    holder = thread.get();
  } else {
    thread->gone = true;
  }
  m_threads.push_back(std::move(thread));
}

void ThreadStreams::findGone(const TargetProcess& process, std::size_t most) {
  for (std::size_t checked = 0; checked < std::min(most, m_threads.size()); ++checked) {
    m_nextToCheck = (m_nextToCheck + 1) % m_threads.size();
    ThreadStream& thread = *m_threads[m_nextToCheck];
    if (thread.gone || thread.idlePolls == 0) continue;
    if (thread.hostTid == 0) thread.hostTid = process.hostTid(thread.tid);
    thread.gone = !process.hasThread(thread.hostTid);
  }
}

bool ThreadStreams::isDrained(const ThreadStream& thread) {
  return thread.complete && std::none_of(thread.streams.begin(), thread.streams.end(),
                                         [](const StreamReader& stream) { return stream.ready(); });
}

std::uint64_t ThreadStreams::brokenStreams() const {
  std::uint64_t broken = m_brokenBefore;
  for (const auto& thread : m_threads)
    for (const StreamReader& stream : thread->streams) broken += stream.broken() ? 1 : 0;
  return broken;
}

void ThreadStreams::giveBack(ThreadStream& thread) {
  for (StreamReader& stream : thread.streams) {
    m_brokenBefore += stream.broken() ? 1 : 0;
    stream.end();
  }
  m_knownClaims[thread.slot] = 0;
  const auto holder = m_byTid.find(thread.tid);
  if (holder != m_byTid.end() && holder->second == &thread) m_byTid.erase(holder);
  m_memory.returnSlot(thread.slot, thread.claim);
}

}  // namespace heaptap::relay
