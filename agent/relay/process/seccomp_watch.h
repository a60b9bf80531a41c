// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "agent/relay/drain/thread_streams.h"
#include "agent/relay/target/shared_memory.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// Finds threads that the kernel would kill for a system call, and tells capture, which must not ask. Covers
/// what capture did not see itself: a call past libc, and what other threads inherited.
///
/// Filters that were in force when the target attached allowed it to do so, and are no reason: every process
/// in a container has one. Threads: the drain's.
class SeccompWatch {
 public:
  /// `atStart`: of the first process, when it attached.
  SeccompWatch(SharedMemory& memory, const Seccomp& atStart) : m_memory(memory), m_atStart(atStart) {}

  /// Looks at a few of the threads, and at all of a process in which it finds the first.
  void look(const std::vector<std::unique_ptr<ThreadStream>>& threads);

 private:
  bool look(const ThreadStream& thread);

  SharedMemory& m_memory;
  const Seccomp m_atStart;
  std::size_t m_next = 0;
  std::set<std::uint32_t> m_restricted;  ///< Processes.
};

}  // namespace heaptap::relay
