// SPDX-License-Identifier: Apache-2.0
#include "agent/interpose/real_allocator.h"

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/unrelocated.h"

namespace heaptap::interpose {

constinit RealAllocator g_real;
static_assert(offsetof(RealAllocator, realloc) + sizeof(g_real.realloc) <= 64, "one cache line");

namespace {

template <class Function>
void find(Function& function, const char* name) {
  const auto found = reinterpret_cast<Function>(heaptap_next_symbol(name, &g_real));
  __atomic_store_n(&function, found, __ATOMIC_RELAXED);
}

// Asked by heaptap alone: only of the allocator that made the block. A library that defines malloc and not
// this one may have put something of its own in front of what libc returned.
void findUsableSize() {
  void* const found = heaptap_next_symbol("malloc_usable_size", &g_real);
  if (heaptap_code_at(found).start == heaptap_code_at(reinterpret_cast<const void*>(g_real.malloc)).start)
    g_real.usableSize = reinterpret_cast<std::size_t (*)(void*)>(found);
}

constinit heaptap_layer g_layer = {};

// heaptap, and the objects behind it that define malloc, without libc: one's malloc may call the next one's.
constexpr std::size_t kMostAllocators = 8;
constinit heaptap_code g_allocators[kMostAllocators] = {};

void findAllocators(const heaptap_code& libc) {
  g_allocators[0] = heaptap_code_at(&g_real);
  const void* object = reinterpret_cast<const void*>(g_real.malloc);
  for (std::size_t i = 1; i < kMostAllocators && object != nullptr; ++i) {
    const heaptap_code code = heaptap_code_at(object);
    if (code.end == 0 || code.start == libc.start) return;
    g_allocators[i] = code;
    object = heaptap_next_symbol("malloc", object);
  }
}

// Of an allocator that is not libc's. Its free may end in a jump to libc's, by another name that heaptap
// intercepts, too; whether it was called from here would not be seen any more, had this jumped.
using Free = void (*)(void*);
constinit Free g_freeOfAllocator = nullptr;
void freeFromHere(void* block) {
  g_freeOfAllocator(block);
  staysInFrame();
}

// libc's functions call no other entry point. Another allocator's calloc may be made of malloc, its realloc
// of three others.
void findLayer() {
  const heaptap_code libc = heaptap_code_at(heaptap_libc_symbol("malloc"));
  findAllocators(libc);
  const heaptap_code found = g_allocators[1];
  if (found.end == 0) return;
  g_layer = {{g_allocators[0], found, {0, 0}}};
  g_real.layer = &g_layer;
}

// What an allocator makes for itself when it is first asked how much a block holds (tcmalloc does) is not the
// program's, which may never ask: so it is asked here, and what it calls meanwhile is not reported.
void askUsableSizeOnce() {
  if (g_real.layer == nullptr || g_real.usableSize == nullptr || isShut()) return;
  const heaptap_call_site from = heaptap_caller();
  const bool isEntered = heaptap_enter_layer(g_real.layer, &from) != 0;
  if (void* const block = g_real.malloc(1); block != nullptr) {
    g_real.usableSize(block);
    g_real.free(block);
  }
  if (isEntered) heaptap_leave_layer();
}

// A program with a malloc of its own would else be recorded without a single allocation, and no word about
// it.
[[gnu::constructor]] void tellIfBypassed() {
  const heaptap_code here = heaptap_code_at(&g_real);
  const auto first = reinterpret_cast<std::uintptr_t>(heaptap_next_symbol("malloc", nullptr));
  if (first < here.start || first >= here.end) heaptap_bypassed(HEAPTAP_DEFINED_IN_FRONT);
}

}  // namespace

bool isInAllocators(const void* code) {
  const auto pc = reinterpret_cast<std::uintptr_t>(code);
  realAllocator();
  for (const heaptap_code& allocator : g_allocators)
    if (pc - allocator.start < allocator.end - allocator.start) return true;
  return false;
}

// Two threads may do this at once: they write the same values.
void findRealAllocator() {
  find(g_real.malloc, "malloc");
  find(g_real.calloc, "calloc");
  find(g_real.realloc, "realloc");
  find(g_freeOfAllocator, "free");
  find(g_real.alignedAlloc, "aligned_alloc");
  find(g_real.memalign, "memalign");
  find(g_real.posixMemalign, "posix_memalign");
  find(g_real.valloc, "valloc");
  find(g_real.pvalloc, "pvalloc");
  findUsableSize();
  find(g_real.freeSized, "free_sized");
  find(g_real.freeAlignedSized, "free_aligned_sized");
  findLayer();
  __atomic_store_n(&g_real.free, g_real.layer == nullptr ? g_freeOfAllocator : freeFromHere,
                   __ATOMIC_RELAXED);
  heaptap_register_agent_code(reinterpret_cast<const void*>(&findRealAllocator));
  Way before = Way::Unsettled;
  if (g_real.way.compare_exchange_strong(before, Way::Recorded, std::memory_order_acq_rel))
    askUsableSizeOnce();
  reportUnrelocated();
}

void goStraight() {
  Way way = Way::Recorded;
  g_real.way.compare_exchange_strong(way, Way::Straight, std::memory_order_acq_rel);
  if (way == Way::Unsettled) return;
  OperatorMode mode = OperatorMode::Direct;
  g_real.operators.compare_exchange_strong(mode, OperatorMode::Straight, std::memory_order_acq_rel);
}

}  // namespace heaptap::interpose
