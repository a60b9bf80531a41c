// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/context.h"

#include <linux/prctl.h>

#include <cstring>

#include "agent/capture/memory/own_memory.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/event_timer.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/record/sampled_blocks.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/tables/shared_view.h"

constinit __thread heaptap_thread* heaptap_this_thread = nullptr;
constinit __thread heaptap::capture::ThreadContext* heaptap::capture::t_context = nullptr;
constinit std::atomic<std::uint64_t> heaptap::capture::g_contextsMade{0};

namespace heaptap::capture {
namespace {

// Contexts by slot, so that a slot's next owner finds the memory of the last one.
constinit std::atomic<ThreadContext*> g_contexts[kMaxSlots] = {};

constexpr std::uint32_t kNoSlot = 0xFFFF'FFFF;

std::uint32_t takeSlot(wire::Header* header) {
  using wire::FreeList;
  std::uint64_t head = header->freeSlots.head.load(std::memory_order_acquire);
  while (FreeList::reference(head) != 0) {
    const std::uint32_t slot = FreeList::reference(head) - 1;
    const std::uint32_t next = SharedView(header).slot(slot).nextFree;
    const std::uint64_t shorter = FreeList::pack(FreeList::tag(head) + 1, FreeList::count(head) - 1, next);
    if (header->freeSlots.head.compare_exchange_weak(head, shorter, std::memory_order_acquire)) return slot;
  }
  const std::uint32_t capacity =
      header->geometry.threadCapacity < kMaxSlots ? header->geometry.threadCapacity : kMaxSlots;
  const std::uint32_t slot = header->slotHighWater.fetch_add(1, std::memory_order_acq_rel);
  if (slot < capacity) return slot;
  header->slotHighWater.store(capacity, std::memory_order_release);
  return kNoSlot;
}

void giveSlotBack(wire::Header* header, std::uint32_t slot) {
  using wire::FreeList;
  std::uint64_t head = header->freeSlots.head.load(std::memory_order_relaxed);
  std::uint64_t longer = 0;
  do {
    SharedView(header).slot(slot).nextFree = FreeList::reference(head);
    longer = FreeList::pack(FreeList::tag(head) + 1, FreeList::count(head) + 1, slot + 1);
  } while (!header->freeSlots.head.compare_exchange_weak(head, longer, std::memory_order_release));
}

ThreadContext* memoryOfSlot(std::uint32_t slot, std::uint32_t restrictions) {
  ThreadContext* context = g_contexts[slot].load(std::memory_order_acquire);
  if (context == nullptr) {
    context = (restrictions & wire::kNoSystemCalls) != 0
                  ? reservedContext()
                  : static_cast<ThreadContext*>(takeOwnMemory(sizeof(ThreadContext)));
    g_contexts[slot].store(context, std::memory_order_release);
  }
  return context;
}

void storeName(wire::ThreadSlot& slot, const char* name) {
  std::uint64_t words[2] = {};
  std::memcpy(words, name, strnlen(name, sizeof(words) - 1));
  slot.name[0].store(words[0], std::memory_order_relaxed);
  slot.name[1].store(words[1], std::memory_order_relaxed);
}

void prepareSampling(ThreadContext& context, wire::ThreadSlot& slot) {
  static_assert(sizeof(heaptap_exact) == sizeof(wire::ExactCounters));
  static_assert(HEAPTAP_CONTROL_OFF == (wire::kControlAnyPause | wire::kControlStopped));
  context.counting = nullptr;
  if (g_connection.sampleInterval == 0) return;
  context.lastSample = 0;
  context.sampler.seed(arch::threadPointer() ^ std::uint64_t{context.slotIndex} << 48 ^ slot.claimedAt);
  context.exact = reinterpret_cast<heaptap_exact*>(&slot.exact);
  context.counting = &g_wiped->threads[context.slotIndex];
  *context.counting = {.exact = context.exact,
                       .left = context.sampler.nextDistance(g_connection.sampleInterval),
                       .filter = g_samples.filter(),
                       .control = reinterpret_cast<const std::uint32_t*>(&g_connection.header->control)};
  if (slot.restrictions.load(std::memory_order_relaxed) == 0) measureCounting(*context.counting);
}

}  // namespace

void noteThreadName(const char* name) {
  if (const ThreadContext* const context = existingContext())
    storeName(SharedView(g_connection.header).slot(context->slotIndex), name);
}

void forgetContext() {
  heaptap_this_thread = nullptr;
  t_context = nullptr;
  g_contextsMade.store(0, std::memory_order_relaxed);
}

void reserveRoom(std::uint32_t slot) {
  ThreadContext* const context =
      slot < kMaxSlots ? g_contexts[slot].load(std::memory_order_acquire) : nullptr;
  if (context == nullptr || context->spareRoom.load(std::memory_order_relaxed) != nullptr) return;
  constexpr std::size_t kBytes = roomBytes(kMostFrames[0]);
  void* const room = takeOwnMemory(kBytes);
  void* none = nullptr;
  if (room != nullptr && !context->spareRoom.compare_exchange_strong(none, room, std::memory_order_acq_rel))
    giveOwnMemoryBack(room, kBytes);
}

void enterLayer(ThreadContext& context) {
  if (context.counting != nullptr) context.counting->exact = nullptr;
  context.inLayer = true;
}

void leaveLayer(ThreadContext& context) {
  context.inLayer = false;
  if (context.counting != nullptr) context.counting->exact = context.exact;
}

void switchContext(const ThreadContext& from, ThreadContext& other) {
  other.inLayer = false;
  other.called = from.called;
  other.calledFrame = from.calledFrame;
  other.own = OwnStack(from.own, other.restrictions);
  other.stampFloor = from.stampFloor;
  other.restrictions->fetch_or(from.restrictions->load(std::memory_order_relaxed), std::memory_order_relaxed);
  from.inLayer ? enterLayer(other) : leaveLayer(other);
  t_context = &other;
  heaptap_this_thread = other.counting;
}

ThreadContext* makeContext(ThreadContext* beside, wire::DropReason* why) {
  const auto none = [why](wire::DropReason reason) -> ThreadContext* {
    if (why != nullptr) *why = reason;
    return nullptr;
  };
  wire::Header* header = g_connection.header;
  const std::uint32_t restrictions = restrictionsToInherit();
  const bool callsNobody = (restrictions & wire::kNoSystemCalls) != 0;
  const std::uint32_t tid = callsNobody ? threadIdFromLibc() : kernel::threadId();
  if (tid == 0) return none(wire::DropReason::Sandbox);
  const std::uint32_t slotIndex = takeSlot(header);
  if (slotIndex == kNoSlot) return none(wire::DropReason::Threads);
  ThreadContext* context = memoryOfSlot(slotIndex, restrictions);
  if (context == nullptr) {
    giveSlotBack(header, slotIndex);
    return none(callsNobody ? wire::DropReason::Sandbox : wire::DropReason::Memory);
  }

  wire::ThreadSlot& slot = SharedView(header).slot(slotIndex);
  context->slotIndex = slotIndex;
  for (auto& holder : context->holders) holder.store(0, std::memory_order_relaxed);
  context->taken = 0;
  context->stamps.forget();
  context->inLayer = false;
  startTiming(*context, tid);
  context->open.count = 0;
  context->restrictions = &slot.restrictions;
  slot.restrictions.store(restrictions, std::memory_order_relaxed);
  context->own = stackOfThisThread(tid == g_connection.processId, context->restrictions);
  context->stampFloor = 0;
  context->stall = {};
  for (std::size_t lane = 0; lane < wire::kStreamsPerThread; ++lane) {
    slot.firstChunk[lane].store(wire::kNoChunk, std::memory_order_relaxed);
    context->streams[lane].reset(&slot.firstChunk[lane], &slot.restrictions);
  }
  context->room.openFor(context->walkers[0], kMostFrames[0]);
  context->nestedRoom.openFor(context->walkers[1], kMostFrames[1]);
  context->walkers[0].spare = &context->spareRoom;
  char name[16] = {};
  if (!callsNobody) arch::systemCall(SYS_prctl, PR_GET_NAME, kernel::asWord(name));
  storeName(slot, name);
  slot.tid = tid;
  slot.process = g_connection.process;
  slot.claimedAt = ticksUnder(restrictions, 0);
  slot.beside = beside != nullptr ? 1 : 0;
  context->next = beside != nullptr ? beside->next : context;
  prepareSampling(*context, slot);
  // Before any event of this context, and so before whatever another thread could learn from one.
  g_contextsMade.fetch_add(1, std::memory_order_relaxed);
  slot.claim.fetch_add(1, std::memory_order_seq_cst);  // Odd: the relay may look.
  // A thread that restricts all threads marks the process first, then the slots that can be seen.
  slot.restrictions.fetch_or(restrictionsToInherit(), std::memory_order_relaxed);
  if (beside != nullptr) {
    beside->next = context;
    return context;
  }
  t_context = context;
  heaptap_this_thread = context->counting;
  return context;
}

}  // namespace heaptap::capture
