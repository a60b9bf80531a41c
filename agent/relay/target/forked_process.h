// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/target/target_process.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// What a forked child has said of itself, and what only the child can meet.
struct ForkClaim {
  std::uint32_t pid = 0;              ///< In its own PID namespace.
  std::uint64_t earliestStartNs = 0;  ///< CLOCK_BOOTTIME: the tree did not exist before …
  std::uint64_t latestStartNs = 0;    ///< … and then the child was already writing.
  int memory = -1;                    ///< Descriptor of the memory that it has inherited.
};

/// A child that was forked from a recorded process. Its id alone proves nothing: it may be gone and the id
/// be another process's. So may its program image, by exec.
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

/// The inode of this process's PID namespace; 0 when it cannot be found out.
std::uint32_t ownPidNamespace();

/// The process that calls itself `ownPid` in the PID namespace with this inode (0: unknown). `ancestor`: one
/// that it descends from, unless all between have ended.
/// Returns: it, if it is there and may be looked at. What is of another namespace than this process's takes
/// milliseconds to find.
std::optional<TargetProcess> findByOwnId(std::uint32_t ownPid, std::uint32_t pidNamespace, pid_t ancestor);

/// Handles (pidfds) of all other processes that map `memory`. Looks through /proc: takes milliseconds.
std::vector<UniqueFd> processesThatMap(int memory);

}  // namespace heaptap::relay
