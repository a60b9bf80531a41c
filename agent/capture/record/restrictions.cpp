// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/restrictions.h"

#include <pthread.h>

#include "agent/capture/memory/own_memory.h"
#include "agent/capture/record/clock.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/tables/shared_view.h"

namespace heaptap::capture {
namespace {

// Threads that may begin after their process was restricted, as many as live at once. Untouched room is free.
constexpr std::uint32_t kReserved = 128;
constinit std::atomic<ThreadContext*> g_reserve{nullptr};
constinit std::atomic<std::uint32_t> g_reserveUsed{0};

void reserveContexts() {
  if (g_reserve.load(std::memory_order_acquire) != nullptr) return;
  constexpr std::size_t kBytes = kReserved * sizeof(ThreadContext);
  auto* reserve = static_cast<ThreadContext*>(takeOwnMemory(kBytes));
  if (reserve == nullptr) return;
  // Without these, their stacks are cut off sooner.
  constexpr std::size_t kRoom = roomBytes(kMostFrames[0]);
  auto* rooms = static_cast<char*>(takeOwnMemory(kReserved * kRoom));
  for (std::uint32_t i = 0; rooms != nullptr && i < kReserved; ++i)
    reserve[i].spareRoom.store(rooms + i * kRoom, std::memory_order_relaxed);
  ThreadContext* none = nullptr;
  if (g_reserve.compare_exchange_strong(none, reserve, std::memory_order_acq_rel)) return;
  giveOwnMemoryBack(reserve, kBytes);
  if (rooms != nullptr) giveOwnMemoryBack(rooms, kReserved * kRoom);
}

void markOtherThreads(const wire::Header* header, std::uint32_t what) {
  const SharedView view(g_connection.header);
  const std::uint32_t used = header->slotHighWater.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < used && i < header->geometry.threadCapacity; ++i) {
    wire::ThreadSlot& slot = view.slot(i);
    if (slot.claim.load(std::memory_order_acquire) % 2 == 0 || slot.process != g_connection.process) continue;
    if ((what & wire::kNoSystemCalls) != 0) reserveRoom(i);
    slot.restrictions.fetch_or(what, std::memory_order_seq_cst);
  }
}

}  // namespace

void restrictThreads(std::uint32_t what, bool allThreads) {
  ThreadContext* context = contextOfThisThread();
  wire::Header* header = g_connection.header;
  if (context != nullptr) {
    const wire::ThreadSlot& slot = SharedView(header).slot(context->slotIndex);
    if ((slot.restrictions.load(std::memory_order_relaxed) & what) == what && !allThreads) return;
    // The child of a vfork has its parent's context, and takes nothing from the parent.
    if ((slot.restrictions.load(std::memory_order_relaxed) & wire::kNoSystemCalls) == 0 &&
        slot.tid != kernel::threadId())
      return;
  }
  if ((restrictionsToInherit() & wire::kNoSystemCalls) == 0) {
    g_rules.makeAllTables();
    reserveContexts();
  }
  header->control.fetch_or(wire::kControlRestricted, std::memory_order_seq_cst);
  // First for threads to come: one that begins now looks here once it can be seen. In strict mode, which
  // takes both, a thread makes no others.
  constexpr std::uint32_t kStrict = wire::kNoSystemCalls | wire::kNoTimeStamp;
  if (what != kStrict)
    SharedView(header).process(g_connection.process).restrictions.fetch_or(what, std::memory_order_seq_cst);
  if (allThreads) markOtherThreads(header, what);
  if (context == nullptr) return;
  reserveRoom(context->slotIndex);
  context->stampFloor = ticksNow(g_clock);
  context->restrictions->fetch_or(what, std::memory_order_seq_cst);
}

std::uint32_t restrictionsToInherit() {
  const wire::Header* header = g_connection.header;
  if ((header->control.load(std::memory_order_relaxed) & wire::kControlRestricted) == 0) return 0;
  return SharedView(g_connection.header)
      .process(g_connection.process)
      .restrictions.load(std::memory_order_seq_cst);
}

ThreadContext* reservedContext() {
  ThreadContext* reserve = g_reserve.load(std::memory_order_acquire);
  if (reserve == nullptr || g_reserveUsed.load(std::memory_order_relaxed) >= kReserved) return nullptr;
  const std::uint32_t next = g_reserveUsed.fetch_add(1, std::memory_order_relaxed);
  return next < kReserved ? reserve + next : nullptr;
}

std::uint32_t threadIdFromLibc() {
  // A recursive mutex keeps its owner's id, which libc has at hand; no other thread wants this one.
  const auto lock = cLibrary().lockMutex;
  if (lock == nullptr) return 0;
  pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  lock(&mutex);
  return static_cast<std::uint32_t>(mutex.__data.__owner);
}

std::uint64_t ticksUnder(std::uint32_t restrictions, std::uint64_t notBefore) {
  // Where the clock is not the counter, it may be a system call.
  const bool clockless = (restrictions & wire::kNoTimeStamp) != 0 ||
                         ((restrictions & wire::kNoSystemCalls) != 0 && !wire::isTimeStamp(g_clock.mode));
  if (!clockless) return ticksNow(g_clock);
  const std::uint64_t relay = g_connection.header->relayTime.load(std::memory_order_relaxed);
  return relay > notBefore ? relay : notBefore;
}

}  // namespace heaptap::capture
