// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/base/unique_fd.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// What a forked child has said of itself, and what only the child can meet.
struct ForkClaim {
  std::uint32_t pid = 0;              ///< In its own PID namespace.
  std::uint64_t earliestStartNs = 0;  ///< CLOCK_BOOTTIME: the tree did not exist before …
  std::uint64_t latestStartNs = 0;    ///< … and then the child was already writing.
  int memory = -1;                    ///< Descriptor of the memory that it has inherited.
};

/// A child that was forked from a recorded process. Its id alone proves nothing: it may be gone and the id
/// be somebody else's. So may its program image, by exec.
struct ForkedProcess {
  enum class State : std::uint8_t {
    Running,
    Replaced,  ///< The process runs, but another program image has taken it over.
    Gone,
  };
  State state = State::Gone;
  TargetProcess process;
  UniqueFd handle;  ///< pidfd; none when gone.

  static ForkedProcess find(const ForkClaim& claim, const TargetProcess& parent);
};

/// Handles (pidfds) of all other processes that map `memory`. Looks through /proc: takes milliseconds.
std::vector<UniqueFd> processesThatMap(int memory);

}  // namespace heaptap::relay
