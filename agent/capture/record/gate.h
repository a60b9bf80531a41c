// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/memory/wiped_memory.h"
#include "agent/include/heaptap/abi.h"

namespace heaptap::capture {

/// The gate that every hook tests first; exported to inline code as `heaptap_gate`.
enum class Gate : std::uint32_t {
  Undecided = 0,  ///< Not yet attached; also what a forked child sees (the word is wiped at fork).
  Open = 1,       ///< Recording.
  Shut = 2,       ///< Never again in this process.
};
static_assert(static_cast<std::uint32_t>(Gate::Shut) == HEAPTAP_GATE_SHUT);

/// Where the open gate's word lies. Null before the gate opens.
extern constinit WipedMemory* g_wiped;

/// Attaches, or joins as a forked child; what came of it.
Gate decideGate();

/// What the gate says now. Undecided tries to attach first (see attach.h).
inline Gate gate() {
  const auto seen = static_cast<Gate>(*__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE));
  return seen == Gate::Undecided ? decideGate() : seen;
}

/// Returns true while this process is recorded.
inline bool isOpen() { return gate() == Gate::Open; }

/// Ends recording in this process for good: the relay is gone. Threads: any.
void shutGate();

}  // namespace heaptap::capture
