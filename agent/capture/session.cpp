// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/session.h"

#include <errno.h>
#include <sched.h>

#include "agent/capture/attach.h"
#include "agent/capture/fork_watch.h"
#include "agent/capture/heaptap_abi.h"
#include "agent/capture/kernel.h"

namespace heaptap::capture {

constinit Session g_session;

namespace {

enum class Attaching : std::uint32_t { NotYet, Now, Done };
constinit std::atomic<Attaching> g_attaching{Attaching::NotYet};
// The thread that attaches: what it allocates meanwhile (it should not) must not wait for itself.
constinit std::atomic<std::uint32_t> g_attacher{0};

constinit std::uint32_t g_undecided = static_cast<std::uint32_t>(Gate::Undecided);
constinit std::uint32_t g_shut = static_cast<std::uint32_t>(Gate::Shut);

void publishGate(const std::uint32_t* word) { __atomic_store_n(&heaptap_gate, word, __ATOMIC_RELEASE); }

// The open gate lies in a page that a forked child finds zeroed (madvise(2), MADV_WIPEONFORK), raw clone
// included: the child must not write into its parent's streams.
constinit std::uint32_t* g_open = nullptr;

bool makeOpenGate() {
  void* page = kernel::map(wire::kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  if (page == nullptr) return false;
  if (arch::systemCall(SYS_madvise, kernel::asWord(page), wire::kPage, MADV_WIPEONFORK) != 0) {
    kernel::unmap(page, wire::kPage);
    return false;
  }
  g_open = static_cast<std::uint32_t*>(page);
  return true;
}

void open() {
  *g_open = static_cast<std::uint32_t>(Gate::Open);
  publishGate(g_open);
}

void attachOnce() {
  const int savedErrno = errno;
  if (attachToRelay() && makeOpenGate()) {
    open();
  } else {
    publishGate(&g_shut);
  }
  errno = savedErrno;
}

Gate decide() {
  Attaching expected = Attaching::NotYet;
  const std::uint32_t self = kernel::threadId();
  if (g_attaching.compare_exchange_strong(expected, Attaching::Now)) {
    g_attacher.store(self);
    attachOnce();
    g_attaching.store(Attaching::Done);
  } else if (expected == Attaching::Done) {
    // Undecided after the decision: this is a forked child, which has no streams of its own yet.
    if (joinAsChild()) {
      open();
    } else {
      publishGate(&g_shut);
    }
  } else {
    if (g_attacher.load() == self) return Gate::Shut;
    // Another thread is attaching, which takes milliseconds and happens once.
    while (g_attaching.load() != Attaching::Done) sched_yield();
  }
  return static_cast<Gate>(*__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE));
}

}  // namespace

Gate gate() {
  const auto seen = static_cast<Gate>(*__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE));
  return seen == Gate::Undecided ? decide() : seen;
}

void shutGate() { publishGate(&g_shut); }

}  // namespace heaptap::capture

const std::uint32_t* heaptap_gate = &heaptap::capture::g_undecided;
