// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// What a process has said of the program that it executes (wire::ExecNote).
struct ExecutionNote {
  std::uint32_t process = 0;  ///< Index of the process that it was, or was forked from.
  std::string path;           ///< As it was called; empty: unknown.
  bool hasPreload = true;     ///< As far as known: heaptap is in the environment that it hands on.
};

/// A process that has written such a note.
struct ExecutingProcess {
  std::uint32_t ownPid = 0;        ///< As it calls itself; wire::kUnnamedChild.
  std::uint32_t pidNamespace = 0;  ///< That this is of, as an inode; 0: unknown.
};

/// Takes the note of a process, if there is one; one whose namespace is unknown has that of all. Its call may
/// still fail, unless the process is known to be gone or replaced.
/// Threads: any.
[[nodiscard]] std::optional<ExecutionNote> takeExecutionNote(const SharedMemory& memory,
                                                             const ExecutingProcess& process);

/// All that have one.
[[nodiscard]] std::vector<ExecutingProcess> executingProcesses(const SharedMemory& memory);

}  // namespace heaptap::relay
