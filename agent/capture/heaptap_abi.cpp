// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/heaptap_abi.h"

#include <bit>

#include "agent/capture/context.h"
#include "agent/capture/dynamic_symbols.h"
#include "agent/capture/fork_watch.h"
#include "agent/capture/loaded_objects.h"
#include "agent/capture/obstacle.h"
#include "agent/capture/recorder.h"
#include "agent/capture/restrictions.h"
#include "agent/capture/session.h"

namespace {

using namespace heaptap::capture;
using heaptap::wire::Origin;

// Not while another layer answers for this one.
bool recording() {
  if (gate() != Gate::Open) return false;
  const ThreadContext* context = existingContext();
  return context == nullptr || context->layer == 0;
}

Allocation describe(const void* block, size_t size, size_t align, uint32_t origin) {
  const unsigned alignLog2 = align == 0 ? 0 : static_cast<unsigned>(std::countr_zero(align));
  return {block, size, alignLog2, static_cast<Origin>(origin)};
}

// A program that never allocates is recorded too. Allocations before this constructor have attached already.
[[gnu::constructor]] void attachAtLoad() {
  if (gate() == Gate::Open) watchForks();
}

}  // namespace

uint32_t heaptap_abi_version() noexcept { return HEAPTAP_ABI_VERSION; }

uint32_t heaptap_enter() noexcept {
  if (gate() != Gate::Open) return 0;
  ThreadContext* context = contextOfThisThread();
  return context == nullptr ? 0 : context->layer++;
}

void heaptap_leave() noexcept {
  ThreadContext* context = existingContext();
  if (context != nullptr && context->layer > 0) --context->layer;
}

uint32_t heaptap_depth() noexcept {
  const ThreadContext* context = existingContext();
  return context == nullptr ? 0 : context->layer;
}

void heaptap_on_alloc(const void* block, size_t size, size_t align, uint32_t origin,
                      const heaptap_call_site* from) noexcept {
  if (gate() != Gate::Open) return;
  // Also for what is not recorded.
  if (g_session.unloads.unloadedBefore(from->pc)) g_session.rules.modulesChanged();
  if (recording()) recordAllocation(describe(block, size, align, origin), *from);
}

void heaptap_on_dealloc(const void* block, uint32_t origin) noexcept {
  if (recording()) recordFree(block, static_cast<Origin>(origin));
}

uint64_t heaptap_on_realloc_begin(const void* old, uint32_t origin) noexcept {
  if (!recording()) return 0;
  return static_cast<uint64_t>(recordReallocBegin(old, static_cast<Origin>(origin)));
}

void heaptap_on_realloc_end(uint64_t token, const void* old, const void* now, size_t new_size, size_t align,
                            uint32_t origin, const heaptap_call_site* from) noexcept {
  if (recording()) {
    recordReallocEnd(static_cast<ReallocToken>(token), old, describe(now, new_size, align, origin), *from);
  }
}

void heaptap_modules_changed() noexcept { g_session.rules.modulesChanged(); }

void heaptap_restrict(uint32_t what, uint32_t all_threads) noexcept {
  static_assert(HEAPTAP_NO_SYSTEM_CALLS == heaptap::wire::kNoSystemCalls &&
                HEAPTAP_NO_TIME_STAMP == heaptap::wire::kNoTimeStamp);
  if (recording()) restrictThreads(what, all_threads != 0);
}

void heaptap_thread_named(const char* name) noexcept {
  if (name != nullptr && recording()) noteThreadName(name);
}

void heaptap_register_agent_code(const void* code) noexcept {
  LoadedObject object;
  if (findLoadedObject(reinterpret_cast<std::uintptr_t>(code), object)) {
    g_session.modules.addAgentRange(object.start, object.end);
  }
}

void* heaptap_next_symbol(const char* name, const void* after) noexcept {
  return findDynamicSymbol(name, after);
}

const char* heaptap_obstacle() noexcept { return obstacleText(); }
