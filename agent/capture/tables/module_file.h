// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/capture/system/loaded_objects.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Room for a path, kept with a thread's context, as signal stacks are small.
struct PathRoom {
  char text[4096];
};

/// The file that a binary was loaded from, as the kernel has it. The loader's path is what the program asked
/// for: it may be relative to a folder that the process has left, or lead to another file by now.
struct ModuleFile {
  wire::FileIdentity identity{};  ///< Unknown when the file has no path any more.
  std::size_t pathBytes = 0;      ///< In the room; 0: unknown.
};

/// Asks the kernel, without a descriptor: two or three system calls.
/// Threads: any that may make system calls; signal handlers too.
ModuleFile findModuleFile(const LoadedObject& object, PathRoom& room);

/// wire::pageDigest() of the binary's first page in memory; 0 when it may differ from the file's.
std::uint64_t firstPageOf(const LoadedObject& object);

}  // namespace heaptap::capture
