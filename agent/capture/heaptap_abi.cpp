// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "agent/capture/attach/exec_notes.h"
#include "agent/capture/attach/fork_watch.h"
#include "agent/capture/attach/memory_locks.h"
#include "agent/capture/attach/obstacle.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/context.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/landmark.h"
#include "agent/capture/record/out_of_memory.h"
#include "agent/capture/record/record_events.h"
#include "agent/capture/record/record_samples.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/dynamic_symbols.h"
#include "agent/capture/system/loaded_objects.h"
#include "agent/include/heaptap/abi.h"

namespace {

using namespace heaptap::capture;
using heaptap::wire::Origin;

// Is this a call by the allocator that the thread is in? It may have left by an exception or another jump:
// then its frame is gone, another one lies there, or it is on a stack that the thread has left.
bool isCallOf(ThreadContext& context, const heaptap_call_site& from) {
  if (!context.inLayer || from.at >= context.calledFrame.at) return false;
  if (context.called != nullptr) {
    bool isInside = false;
    for (const heaptap_code& object : context.called->objects)
      isInside = isInside || from.pc - object.start < object.end - object.start;
    if (!isInside) return false;
  }
  return isBeneath(context.calledFrame, from.at, context.own);
}

// Returns true when another layer answers for what this one does.
bool answeredFor(const heaptap_call_site& from) {
  ThreadContext* const context = existingContext();
  return context != nullptr && isCallOf(*context, from);
}

bool recording() { return isOpen(); }

bool recording(const heaptap_call_site& from) { return isOpen() && !answeredFor(from); }

bool sampling() { return g_connection.sampleInterval != 0; }

unsigned log2Of(std::size_t align) { return align == 0 ? 0 : static_cast<unsigned>(std::countr_zero(align)); }

// `from`, or else the caller of the entry point that this is inlined into.
[[gnu::always_inline]] inline const heaptap_call_site& siteOf(const heaptap_call_site* from,
                                                              heaptap_call_site& own) {
  if (from != nullptr) return *from;
  own = heaptap_caller();
  return own;
}

Allocation described(const heaptap_allocation& a) {
  return {a.block, a.size, a.usable, log2Of(a.align), static_cast<Origin>(a.origin)};
}

// A program that never allocates is recorded too. Allocations before this constructor have attached already.
[[gnu::constructor]] void attachAtLoad() {
  if (isOpen()) watchForks();
}

}  // namespace

uint32_t heaptap_abi_version() noexcept { return HEAPTAP_ABI_VERSION; }

heaptap_code heaptap_code_at(const void* address) noexcept {
  LoadedObject object;
  if (!findLoadedObject(reinterpret_cast<std::uintptr_t>(address), object)) return {0, 0};
  return {object.start, object.end};
}

uint32_t heaptap_enter_layer(const heaptap_layer* layer, const heaptap_call_site* from) noexcept {
  if (!isOpen() || answeredFor(*from)) return 0;
  ThreadContext* context = contextOfThisThread();
  // Without one, all that is inside is reported, and nothing of it by this layer.
  if (context == nullptr) return 0;
  context->calledFrame = {from->at, from->pc};
  context->called = layer;
  std::atomic_signal_fence(std::memory_order_release);
  enterLayer(*context);  // Last: a signal handler may look.
  return 1;
}

void heaptap_leave_layer() noexcept {
  // A forked child has no context until it is asked whether it is recorded.
  ThreadContext* const context = isOpen() ? existingContext() : nullptr;
  if (context != nullptr) leaveLayer(*context);
}

void heaptap_on_alloc(const heaptap_allocation* allocation, const heaptap_call_site* from) noexcept {
  if (!isOpen()) return;
  heaptap_call_site own;
  const heaptap_call_site& site = siteOf(from, own);
  // Also for what is not recorded.
  if (g_unloads.unloadedBefore(site.pc)) {
    g_modules.unloaded();
    g_rules.modulesChanged();
  }
  if (answeredFor(site)) return;
  if (sampling())
    recordSampledAllocation(described(*allocation), site);
  else
    recordAllocation(described(*allocation), site);
}

void heaptap_on_dealloc(const void* block, size_t size, size_t align, uint32_t origin,
                        const heaptap_call_site* from) noexcept {
  heaptap_call_site own;
  const heaptap_call_site& site = siteOf(from, own);
  if (!recording(site)) return;
  const Deallocation freed{block, size, static_cast<Origin>(origin), log2Of(align)};
  if (sampling())
    recordSampledFree(freed, site);
  else
    recordFree(freed, site);
}

uint64_t heaptap_on_realloc_begin(const void* old, size_t old_size, size_t align, uint32_t origin,
                                  const heaptap_call_site* from) noexcept {
  heaptap_call_site own;
  const heaptap_call_site& site = siteOf(from, own);
  if (!recording(site)) return 0;
  const Deallocation freed{old, old_size, static_cast<Origin>(origin), log2Of(align)};
  return (sampling() ? recordSampledReallocBegin(freed, site) : recordReallocBegin(freed, site)).packed();
}

void heaptap_on_realloc_end(uint64_t token, const void* old, const heaptap_allocation* now,
                            const heaptap_call_site* from) noexcept {
  heaptap_call_site own;
  const heaptap_call_site& site = siteOf(from, own);
  if (!recording(site)) return;
  if (sampling())
    recordSampledReallocEnd(ReallocToken::unpacked(token), old, described(*now), site);
  else
    recordReallocEnd(ReallocToken::unpacked(token), old, described(*now), site);
}

void heaptap_on_oom(size_t size, size_t align) noexcept {
  if (recording()) markOutOfMemory(size, align);
}

void heaptap_modules_changed() noexcept {
  // In this order: what is looked up in the new generation of rules is established anew.
  g_modules.closed();
  g_rules.modulesChanged();
}

uint32_t heaptap_is_loader(const void* address) noexcept {
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(address);
  return isOpen() && at - cLibrary().loader < cLibrary().loaderEnd - cLibrary().loader ? 1 : 0;
}

long heaptap_lock_all(int flags) noexcept { return isOpen() ? lockAllButOwnMemory(flags) : 1; }

void heaptap_restrict(uint32_t what, uint32_t all_threads) noexcept {
  static_assert(HEAPTAP_NO_SYSTEM_CALLS == heaptap::wire::kNoSystemCalls &&
                HEAPTAP_NO_TIME_STAMP == heaptap::wire::kNoTimeStamp);
  if (recording()) restrictThreads(what, all_threads != 0);
}

uint32_t heaptap_on_exec_begin(const char* path, int file, char* const* environment, uint32_t how) noexcept {
  return noteExec({path, file, environment, (how & HEAPTAP_EXEC_OWN_ENVIRONMENT) != 0,
                   (how & HEAPTAP_EXEC_IN_CHILD) != 0, (how & HEAPTAP_EXEC_IN_UNNAMED_CHILD) != 0});
}

void heaptap_on_exec_failed(uint32_t token) noexcept { takeBackExec(token); }

void heaptap_on_spawned(uint32_t token, uint32_t pid) noexcept { noteExecutor(token, pid); }

void heaptap_thread_named(const char* name) noexcept {
  if (name != nullptr && recording()) noteThreadName(name);
}

void heaptap_register_agent_code(const void* code) noexcept {
  LoadedObject object;
  if (findLoadedObject(reinterpret_cast<std::uintptr_t>(code), object)) {
    g_modules.addAgentRange(object.start, object.end);
  }
}

void* heaptap_next_symbol(const char* name, const void* after) noexcept {
  return findDynamicSymbol(name, after);
}

void* heaptap_libc_symbol(const char* name) noexcept { return findInLibc(name); }

void heaptap_bypassed(uint32_t how) noexcept {
  using namespace heaptap::wire;
  if (!isOpen()) return;
  if ((how & HEAPTAP_DEFINED_IN_FRONT) != 0) g_connection.header->control.fetch_or(kControlBypassed);
  if ((how & HEAPTAP_LOOKED_PAST) != 0) g_connection.header->control.fetch_or(kControlLookedPast);
}

void heaptap_malloc_reports() noexcept {
  if (gate() == Gate::Open) g_connection.header->control.fetch_and(~heaptap::wire::kControlBypassed);
}

const char* heaptap_obstacle() noexcept { return obstacleText(); }

const heaptap_agent* heaptap_agent_of(uint32_t version) noexcept {
  static constexpr heaptap_agent kAgent{.version = HEAPTAP_ABI_VERSION,
                                        .bytes = sizeof(heaptap_agent),
                                        .gate = &heaptap_gate,
                                        .enterLayer = heaptap_enter_layer,
                                        .leaveLayer = heaptap_leave_layer,
                                        .onAlloc = heaptap_on_alloc,
                                        .onDealloc = heaptap_on_dealloc,
                                        .onReallocBegin = heaptap_on_realloc_begin,
                                        .onReallocEnd = heaptap_on_realloc_end,
                                        .onOom = heaptap_on_oom,
                                        .request = heaptap_request,
                                        .mallocReports = heaptap_malloc_reports};
  return version <= HEAPTAP_ABI_VERSION ? &kAgent : nullptr;
}
