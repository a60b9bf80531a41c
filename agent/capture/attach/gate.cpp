// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/gate.h"

#include "agent/capture/attach/attach.h"
#include "agent/capture/attach/fork_watch.h"
#include "agent/capture/attach/obstacle.h"
#include "agent/capture/record/connection.h"
#include "agent/capture/record/restrictions.h"
#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"
#include "agent/include/heaptap/abi.h"

namespace heaptap::capture {

constinit WipedMemory* g_wiped = nullptr;

namespace {

enum class Attaching : std::uint32_t { NotYet, Now, Done };
constinit std::atomic<Attaching> g_attaching{Attaching::NotYet};
// The thread that attaches: what it allocates meanwhile (it should not) must not wait for itself.
constinit std::atomic<std::uint32_t> g_attacher{0};

constinit std::uint32_t g_undecided = static_cast<std::uint32_t>(Gate::Undecided);
constinit std::uint32_t g_shut = static_cast<std::uint32_t>(Gate::Shut);

void publishGate(const std::uint32_t* word) { __atomic_store_n(&heaptap_gate, word, __ATOMIC_RELEASE); }

bool makeOpenGate() {
  g_wiped = makeWipedMemory(g_connection.sampleInterval != 0);
  return g_wiped != nullptr;
}

void open() {
  g_wiped->gate = static_cast<std::uint32_t>(Gate::Open);
  publishGate(&g_wiped->gate);
}

void attachOnce() {
  if (attach() && makeOpenGate()) {
    g_connection.header->attached.store(1, std::memory_order_relaxed);
    open();
  } else {
    noteObstacle(Obstacle::NoMemory);
    tellWhyNot();
    publishGate(&g_shut);
  }
}

Gate gateWord() { return static_cast<Gate>(*__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE)); }

// Undecided after the decision: this is a forked child, which has no streams of its own yet.
Gate join() {
  // Unless another thread has attached between our look at the gate and now.
  if (gateWord() != Gate::Undecided) return gateWord();
  std::uint64_t other = 0;
  const std::uint64_t self = arch::threadPointer();
  if (!g_wiped->joiner.compare_exchange_strong(other, self)) {
    if (other == self) return Gate::Shut;  // A signal handler, in the middle of it.
    const bool mayYield = (restrictionsToInherit() & wire::kNoSystemCalls) == 0;
    while (gateWord() == Gate::Undecided) {
      if (mayYield)
        kernel::yield();
      else
        arch::pauseBriefly();
    }
  } else if (joinAsChild()) {
    open();
  } else {
    publishGate(&g_shut);
  }
  return gateWord();
}

}  // namespace

Gate decideGate() {
  Attaching expected = g_attaching.load();
  if (expected == Attaching::Done) return join();
  // Without an environment nothing says how to be recorded: later, then. This event is not recorded.
  if (expected == Attaching::NotYet && environment() == nullptr) return Gate::Shut;
  expected = Attaching::NotYet;
  const std::uint32_t self = kernel::threadId();
  if (g_attaching.compare_exchange_strong(expected, Attaching::Now)) {
    g_attacher.store(self);
    attachOnce();
    g_attaching.store(Attaching::Done);
  } else if (expected == Attaching::Done) {
    return join();
  } else {
    if (g_attacher.load() == self) return Gate::Shut;
    // Another thread is attaching, which happens once; attach.h bounds how long it takes.
    while (g_attaching.load() != Attaching::Done) kernel::yield();
  }
  return gateWord();
}

void shutGate() { publishGate(&g_shut); }

}  // namespace heaptap::capture

const std::uint32_t* heaptap_gate = &heaptap::capture::g_undecided;
