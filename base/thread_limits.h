// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <string>

namespace heaptap {

/// The limits of a process that also limit its threads: each has a stack of its own.
struct OwnThreadLimits {
  rlim_t processes = RLIM_INFINITY;  ///< RLIMIT_NPROC: all threads of the user.
  rlim_t addressSpace = RLIM_INFINITY;
  rlim_t data = RLIM_INFINITY;

  static OwnThreadLimits current();
};

/// Returns true when the limits that can be read prove that this process may start `more` threads: its own,
/// the kernel's, and pids.max of its cgroup and of all above. False proves nothing: a container does not show
/// what limits it as a whole. `root`: the folder with proc and sys, for tests.
bool mayStartThreads(std::uint64_t more, const OwnThreadLimits& own, const std::string& root = "");

}  // namespace heaptap
