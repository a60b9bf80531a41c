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

/// Takes the note of the process that calls itself `ownPid`, if there is one. Its call may still fail, unless
/// the process is known to be gone or replaced.
/// Threads: any.
[[nodiscard]] std::optional<ExecutionNote> takeExecutionNote(const SharedMemory& memory,
                                                             std::uint32_t ownPid);

/// The processes that have such notes, as they call themselves.
[[nodiscard]] std::vector<std::uint32_t> executingProcesses(const SharedMemory& memory);

}  // namespace heaptap::relay
