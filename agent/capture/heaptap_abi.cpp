// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "agent/capture/context.h"
#include "agent/capture/dynamic_symbols.h"
#include "agent/capture/fork_watch.h"
#include "agent/capture/loaded_objects.h"
#include "agent/capture/obstacle.h"
#include "agent/capture/recorder.h"
#include "agent/capture/restrictions.h"
#include "agent/capture/session.h"
#include "agent/include/heaptap/abi.h"

namespace {

using namespace heaptap::capture;
using heaptap::wire::Origin;

// Is this a call by the allocator that the thread is in? It may have left by an exception: then its frame is
// gone, or another one lies there.
bool isCallOf(const CalledLayer& called, const heaptap_call_site& from) {
  if (called.code == nullptr || from.sp >= called.sp) return false;
  bool isInside = false;
  for (const heaptap_code& object : called.code->objects)
    isInside = isInside || from.pc - object.start < object.end - object.start;
  if (!isInside) return false;
  std::uint64_t returnAddress = 0;
  std::memcpy(&returnAddress, reinterpret_cast<const void*>(called.sp - sizeof(returnAddress)),
              sizeof(returnAddress));
  return returnAddress == called.pc;
}

// Does another layer answer for what this one does?
bool answeredFor(const heaptap_call_site& from) {
  const ThreadContext* context = existingContext();
  return context != nullptr && (context->layer != 0 || isCallOf(context->called, from));
}

bool recording() {
  const ThreadContext* context = existingContext();
  return gate() == Gate::Open && (context == nullptr || context->layer == 0);
}

bool recording(const heaptap_call_site& from) { return gate() == Gate::Open && !answeredFor(from); }

Allocation described(const heaptap_allocation& a) {
  const unsigned alignLog2 = a.align == 0 ? 0 : static_cast<unsigned>(std::countr_zero(a.align));
  return {a.block, a.size, a.usable, alignLog2, static_cast<Origin>(a.origin)};
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

heaptap_code heaptap_code_at(const void* address) noexcept {
  LoadedObject object;
  if (!findLoadedObject(reinterpret_cast<std::uintptr_t>(address), object)) return {0, 0};
  return {object.start, object.end};
}

uint32_t heaptap_enter_layer(const heaptap_layer* layer, const heaptap_call_site* from) noexcept {
  if (gate() != Gate::Open || answeredFor(*from)) return 0;
  ThreadContext* context = contextOfThisThread();
  // Without one, all that is inside is reported, and nothing of it by this layer.
  if (context == nullptr) return 0;
  context->called = {layer, from->sp, from->pc};
  return 1;
}

void heaptap_leave_layer() noexcept {
  if (ThreadContext* context = existingContext()) context->called = {};
}

void heaptap_leave() noexcept {
  ThreadContext* context = existingContext();
  if (context != nullptr && context->layer > 0) --context->layer;
}

uint32_t heaptap_depth() noexcept {
  const ThreadContext* context = existingContext();
  return context == nullptr ? 0 : context->layer;
}

void heaptap_on_alloc(const heaptap_allocation* allocation, const heaptap_call_site* from) noexcept {
  if (gate() != Gate::Open) return;
  // Also for what is not recorded.
  if (g_session.unloads.unloadedBefore(from->pc)) g_session.rules.modulesChanged();
  if (!answeredFor(*from)) recordAllocation(described(*allocation), *from);
}

void heaptap_on_dealloc(const void* block, size_t size, uint32_t origin,
                        const heaptap_call_site* from) noexcept {
  if (recording(*from)) recordFree({block, size, static_cast<Origin>(origin)}, *from);
}

uint64_t heaptap_on_realloc_begin(const void* old, uint32_t origin, const heaptap_call_site* from) noexcept {
  if (!recording(*from)) return 0;
  return recordReallocBegin({old, 0, static_cast<Origin>(origin)}, *from).packed();
}

void heaptap_on_realloc_end(uint64_t token, const void* old, const heaptap_allocation* now,
                            const heaptap_call_site* from) noexcept {
  if (recording(*from)) recordReallocEnd(ReallocToken::unpacked(token), old, described(*now), *from);
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

void heaptap_bypassed() noexcept {
  if (gate() == Gate::Open) g_session.header->control.fetch_or(heaptap::wire::kControlBypassed);
}

const char* heaptap_obstacle() noexcept { return obstacleText(); }
