// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/relay/target/shared_memory.h"
#include "agent/relay/target/target_process.h"
#include "base/error.h"

namespace heaptap::relay {

/// What a program has left in the file that HEAPTAP_BUFFER named (wire/buffer_file.h). Nothing in the file is
/// trusted, and nothing in it is changed: it can be read again.
struct RecordedBuffer {
  std::unique_ptr<SharedMemory> memory;
  TargetProcess process;  ///< The one that made the file.
  std::string host;
  std::int64_t startedAtUnixNs = 0;

  /// `root`: the folder that was `/` to the program, where its binaries are looked for.
  /// Errors: NotFound, NotPermitted, NotASession, SchemaTooNew, Corrupt; Unavailable: a process that runs has
  /// the file mapped and writes to it.
  static Result<RecordedBuffer> open(const std::string& path, const std::string& root);
};

}  // namespace heaptap::relay
