// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/context.h"

#include "agent/capture/clock.h"
#include "agent/capture/kernel.h"
#include "agent/capture/session.h"
#include "agent/capture/shared_view.h"

// Where the main thread's stack begins (ld.so, GLIBC_2.2.5).
extern "C" void* __libc_stack_end;  // NOLINT(bugprone-reserved-identifier)

namespace heaptap::capture {
namespace {

// The only thread-local variable: static TLS is scarce in libraries that are loaded late.
constinit thread_local ThreadContext* t_context = nullptr;

// Contexts by slot, so that a slot's next owner finds the memory of the last one.
constexpr std::uint32_t kMaxSlots = 1U << 15;
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

std::uint64_t endOfThisStack(std::uint32_t tid, std::uint32_t pid) {
  return tid == pid ? reinterpret_cast<std::uintptr_t>(__libc_stack_end) : arch::threadPointer();
}

ThreadContext* memoryOfSlot(std::uint32_t slot) {
  ThreadContext* context = g_contexts[slot].load(std::memory_order_acquire);
  if (context == nullptr) {
    context = static_cast<ThreadContext*>(kernel::map(sizeof(ThreadContext), PROT_READ | PROT_WRITE,
                                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE));
    g_contexts[slot].store(context, std::memory_order_release);
  }
  return context;
}

}  // namespace

ThreadContext* existingContext() { return t_context; }

void forgetContext() { t_context = nullptr; }

ThreadContext* contextOfThisThread() {
  if (t_context != nullptr) return t_context;
  wire::Header* header = g_session.header;
  const std::uint32_t slotIndex = takeSlot(header);
  if (slotIndex == kNoSlot) return nullptr;
  ThreadContext* context = memoryOfSlot(slotIndex);
  if (context == nullptr) return nullptr;  // The slot is lost; without memory that is the lesser evil.

  wire::ThreadSlot& slot = SharedView(header).slot(slotIndex);
  const std::uint32_t tid = kernel::threadId();
  context->slotIndex = slotIndex;
  context->depth = 0;
  context->layer = 0;
  context->reallocLevel = 0;
  context->stackEnd = endOfThisStack(tid, g_session.processId);
  context->stall = {};
  for (std::size_t lane = 0; lane < wire::kStreamsPerThread; ++lane) {
    slot.firstChunk[lane].store(wire::kNoChunk, std::memory_order_relaxed);
    context->streams[lane].reset(&slot.firstChunk[lane]);
  }
  context->room.openFor(context->walkers[0]);
  context->nestedRoom.openFor(context->walkers[1]);
  slot.tid = tid;
  slot.process = g_session.process;
  slot.claimedAt = ticksNow(g_session);
  slot.claim.fetch_add(1, std::memory_order_release);  // Odd: the relay may look.
  t_context = context;
  return context;
}

}  // namespace heaptap::capture
