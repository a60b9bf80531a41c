// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// A program that is about to be executed, as the call says.
struct ExecCall {
  const char* path = nullptr;          ///< Perhaps no valid pointer. Empty, or null: `file` names it.
  int file = -1;                       ///< A descriptor.
  char* const* environment = nullptr;  ///< Likewise.
  bool ownEnvironment = false;         ///< That of this process instead.
  bool inChild = false;                ///< Not in this process, but in one that the call makes, …
  bool inUnnamedChild = false;         ///< … and does not name.
};

/// Finds the process's environment, once: later the loader's lock may be held.
void prepareExecNotes();

/// Tells the relay. Reads the caller's arguments by way of the kernel, which refuses bad pointers as it does
/// in the call itself.
/// Returns: a token; 0: nothing was noted.
/// Threads: any, also the child of a vfork, which writes nowhere but into the shared memory. No lock, no
/// heap; errno kept.
std::uint32_t noteExec(const ExecCall& call);

/// The call of this token has failed.
void takeBackExec(std::uint32_t token);

/// It has made this child.
void noteExecutor(std::uint32_t token, std::uint32_t pid);

}  // namespace heaptap::capture
