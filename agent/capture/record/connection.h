// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// The shared memory that this process is recorded in, and what the process is there. Constant-initialised
/// and never destroyed, as all that threads share: the first allocation comes before any constructor, the
/// last after every destructor. Threads: written before the gate opens, by the one that opens it; read only
/// afterwards.
struct Connection {
  wire::Header* header = nullptr;               ///< Null while not attached.
  std::uint64_t sampleInterval = 0;             ///< Bytes; 0: every allocation is recorded.
  std::uint32_t processId = 0;                  ///< As the kernel names it.
  std::uint32_t process = wire::kFirstProcess;  ///< Index of this process in the shared memory.
  /// In a child: the fork that made it. In the parent: of the fork under way.
  std::uint32_t fork = wire::kNoFork;
};

extern constinit Connection g_connection;

}  // namespace heaptap::capture
