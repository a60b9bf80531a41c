// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/event_stream.h"

#include "agent/capture/record/gate.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/tables/shared_view.h"

namespace heaptap::capture {
namespace {

// Takes a chunk from the pool; kNoChunk when fewer than `keep` would be left.
std::uint32_t takeFromPool(wire::Header* header, std::uint32_t keep) {
  using wire::FreeList;
  std::uint64_t head = header->freeChunks.head.load(std::memory_order_acquire);
  for (;;) {
    const std::uint32_t reference = FreeList::reference(head);
    const std::uint32_t count = FreeList::count(head);
    if (reference == wire::kNoChunk || count <= keep) return wire::kNoChunk;
    // Another thread may own the chunk by now and have overwritten the link: then the tag has changed too.
    const std::uint32_t next =
        wire::linked(SharedView(header).chunk(reference).nextFree, reference, header->geometry.chunkCount);
    const std::uint64_t shorter = FreeList::pack(FreeList::tag(head) + 1, count - 1, next);
    if (header->freeChunks.head.compare_exchange_weak(head, shorter, std::memory_order_acquire))
      return reference;
  }
}

std::uint32_t chunksLeft(const wire::Header* header) {
  return wire::FreeList::count(header->freeChunks.head.load(std::memory_order_relaxed));
}

using wire::relayIsGone;

// Whether to wait once more for the relay to return chunks.
bool mayWait(const wire::Header* header, StallClock& stall, std::uint32_t progress) {
  if ((header->control.load(std::memory_order_relaxed) & wire::kControlExact) != 0) return true;
  if (header->maxStallMs == 0) {  // No relay will make room: the clock need not be asked.
    stall = {progress, true, 0};
    return false;
  }
  const std::uint64_t now = kernel::monotonicNs();
  if (!stall.running || stall.progressSeen != progress) {
    stall = {progress, true, now};
    return header->maxStallMs != 0;
  }
  return now - stall.since < std::uint64_t{header->maxStallMs} * 1'000'000;
}

}  // namespace

void EventStream::reset(std::atomic<std::uint32_t>* first, const std::atomic<std::uint32_t>* restrictions) {
  m_first = first;
  m_restrictions = restrictions;
  m_chunk = nullptr;
  m_used = 0;
  m_stamp = kNoStamp;
  m_betweenChunks.store(false, std::memory_order_relaxed);
}

bool EventStream::recover() {
  m_stamp = kNoStamp;
  m_used = m_chunk == nullptr ? 0 : m_chunk->published.load(std::memory_order_relaxed);
  return !m_betweenChunks.load(std::memory_order_relaxed);
}

std::uint32_t EventStream::takeChunk(wire::Header* header, std::uint32_t keep) {
  // Around this only, not while the thread waits for room: leaving it there does no harm.
  m_betweenChunks.store(true, std::memory_order_relaxed);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const std::uint32_t reference = takeFromPool(header, keep);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (reference == wire::kNoChunk) m_betweenChunks.store(false, std::memory_order_relaxed);
  return reference;
}

std::uint32_t EventStream::spinForChunk(wire::Header* header, StallClock& stall, std::uint32_t keep) {
  // A few polls of a relay that keeps up. Once in vain, not again before the relay has moved.
  constexpr unsigned kSpins = 200'000;
  const std::uint32_t progress = header->progress.load(std::memory_order_acquire);
  if (stall.running && stall.progressSeen == progress) return wire::kNoChunk;
  stall = {progress, true, 0};
  for (unsigned spin = 0; spin < kSpins && !relayIsGone(header); ++spin) {
    arch::pauseBriefly();
    const std::uint32_t reference = takeChunk(header, keep);
    if (reference != wire::kNoChunk) return reference;
  }
  return wire::kNoChunk;
}

bool EventStream::nextChunk(wire::Header* header, StallClock& stall, bool forFree) {
  constexpr unsigned kSpins = 200;  // About a microsecond: the relay may be returning a chunk right now.
  constexpr long kSleepNs = 1'000'000;
  const std::uint32_t keep = forFree ? 0 : header->geometry.reservedForFrees;
  std::uint32_t reference = takeChunk(header, keep);
  const bool inVain = stall.running && stall.progressSeen == header->progress.load(std::memory_order_relaxed);
  for (unsigned spin = 0; reference == wire::kNoChunk && !inVain && spin < kSpins; ++spin) {
    arch::pauseBriefly();
    reference = takeChunk(header, keep);
  }
  while (reference == wire::kNoChunk) {
    const std::uint32_t progress = header->progress.load(std::memory_order_acquire);
    reference = takeChunk(header, keep);
    if (reference != wire::kNoChunk) break;
    if (relayIsGone(header)) {
      shutGate();
      return false;
    }
    if ((m_restrictions->load(std::memory_order_relaxed) & wire::kNoSystemCalls) != 0) {
      reference = spinForChunk(header, stall, keep);
      if (reference == wire::kNoChunk) return false;
      break;
    }
    if (!mayWait(header, stall, progress)) return false;
    // No count: a thread that leaves the wait by a jump would stay in it.
    header->waiters.store(1, std::memory_order_seq_cst);
    kernel::futexWait(header->progress, progress, kSleepNs);
  }
  // A chunk that was kept for frees is no sign of the relay: waiting for it is not begun anew.
  if (!forFree || chunksLeft(header) >= header->geometry.reservedForFrees) stall.running = false;
  wire::ChunkHeader& chunk = SharedView(header).chunk(reference);
  chunk.published.store(0, std::memory_order_relaxed);
  chunk.next.store(wire::kNoChunk, std::memory_order_relaxed);
  // Release: a reader that finds the chunk finds it empty. The relay looks at `next` only where all is read.
  (m_chunk == nullptr ? *m_first : m_chunk->next).store(reference, std::memory_order_release);
  m_chunk = &chunk;
  m_used = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  m_betweenChunks.store(false, std::memory_order_relaxed);
  return true;
}

}  // namespace heaptap::capture
