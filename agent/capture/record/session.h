// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <atomic>
#include <cstdint>

#include "agent/capture/memory/wiped_memory.h"
#include "agent/capture/record/block_tags.h"
#include "agent/capture/record/sampled_blocks.h"
#include "agent/capture/tables/module_table.h"
#include "agent/capture/unwind/path_cache.h"
#include "agent/capture/unwind/rule_cache.h"
#include "agent/capture/unwind/stack_table.h"
#include "agent/capture/unwind/unload_watch.h"
#include "agent/include/heaptap/abi.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// What all threads of the process share while it is recorded. Constant-initialised and never destroyed:
/// the first allocation comes before any constructor, the last after every destructor.
struct Session {
  wire::Header* header = nullptr;  ///< The shared memory; null while not attached.
  wire::ClockMode clockMode{};     ///< Zero until attached, so that all of this lies in .bss.
  std::uint64_t clockBase = 0;
  int (*readClock)(clockid_t, timespec*) = nullptr;  ///< The vDSO's (c_library.h). Null: by a system call.
  std::uint32_t processId = 0;
  std::uint32_t process = wire::kFirstProcess;  ///< Index of this process in the shared memory.
  std::uint32_t fork =
      wire::kNoFork;  ///< In a child: the fork that made it. In the parent: of the fork under way.
  RuleCache rules;
  ModuleTable modules;
  StackTable stacks;
  PathCache paths;
  BlockTags tags;                    ///< Only where every allocation is recorded.
  SampledBlocks samples;             ///< Only where they are sampled.
  std::uint64_t sampleInterval = 0;  ///< Bytes; 0: every allocation is recorded.
  WipedMemory* wiped = nullptr;
  UnloadWatch unloads;
};

extern constinit Session g_session;

/// The gate that every hook tests first; exported to inline code as `heaptap_gate`.
enum class Gate : std::uint32_t {
  Undecided = 0,  ///< Not yet attached; also what a forked child sees (the word is wiped at fork).
  Open = 1,       ///< Recording.
  Shut = 2,       ///< Never again in this process.
};
static_assert(static_cast<std::uint32_t>(Gate::Shut) == HEAPTAP_GATE_SHUT);

/// Attaches, or joins as a forked child; what came of it.
Gate decideGate();

/// What the gate says now. Undecided tries to attach first (see attach.h).
inline Gate gate() {
  const auto seen = static_cast<Gate>(*__atomic_load_n(&heaptap_gate, __ATOMIC_ACQUIRE));
  return seen == Gate::Undecided ? decideGate() : seen;
}

/// Is this process recorded?
inline bool isOpen() { return gate() == Gate::Open; }

/// Ends recording in this process for good: the relay is gone. Threads: any.
void shutGate();

}  // namespace heaptap::capture
