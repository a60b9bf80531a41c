// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/fork_watch.h"

#include "agent/capture/record/connection.h"
#include "agent/capture/record/context.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/lane.h"
#include "agent/capture/record/record_events.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/record/walk_tables.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/tables/shared_view.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the compiler's.
extern "C" [[gnu::visibility("hidden")]] void* __dso_handle;

namespace heaptap::capture {
namespace {

void beforeFork() {
  if (!isOpen() || (control() & (wire::kControlStopped | wire::kControlNoChildren)) != 0) return;
  g_connection.fork = g_connection.header->forkCount.fetch_add(1, std::memory_order_relaxed) + 1;
  recordFork(g_connection.fork);
}

// The child keeps the number: it is what it joins by.
void afterForkInParent() { g_connection.fork = wire::kNoFork; }

}  // namespace

void watchForks() {
  const auto watch = cLibrary().registerAtfork;
  if (watch != nullptr) watch(beforeFork, afterForkInParent, nullptr, &__dso_handle);
}

bool joinAsChild() {
  wire::Header* header = g_connection.header;
  if (header == nullptr || (control() & (wire::kControlStopped | wire::kControlNoChildren)) != 0)
    return false;
  if (header->processCount.load(std::memory_order_relaxed) == 0) return false;
  const std::uint32_t restrictions = restrictionsToInherit();
  const bool callsNobody = (restrictions & wire::kNoSystemCalls) != 0;
  // Only a child that libc has made gets its own id there.
  if (callsNobody && g_connection.fork == wire::kNoFork) return false;
  const std::uint32_t index = header->processCount.fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t capacity = header->geometry.processCapacity;
  if (index >= capacity) return false;  // The count goes on, and tells the relay.
  wire::ProcessSlot& slot = SharedView(header).process(index);
  slot.pid = callsNobody ? threadIdFromLibc() : kernel::processId();
  slot.parent = g_connection.process;
  slot.fork = g_connection.fork;
  slot.claimedAt = ticksUnder(restrictions, 0);
  slot.restrictions.store(restrictions, std::memory_order_relaxed);
  slot.claimed.store(1, std::memory_order_release);
  g_connection.processId = slot.pid;
  g_connection.process = index;
  g_modules.joinAs(index);
  g_connection.fork = wire::kNoFork;
  forgetContext();
  return true;
}

}  // namespace heaptap::capture
