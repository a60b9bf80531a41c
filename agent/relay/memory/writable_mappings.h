// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// Memory that a process may write, and may have pointers in.
struct WritableMapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  bool isAnonymous = false;  ///< Of no file, and without a name.
  bool isGuarded = false;    ///< Below it lies memory that may not be used: it may be a thread's stack.
  bool isLibc = false;       ///< Variables of the C library.
  bool isHeap = false;       ///< The C library's malloc has all of it: `[heap]`, and arenas of threads.
};

/// Those of a process, without devices and without heaptap's own libraries. Empty: it may not be looked at.
/// Threads: any.
[[nodiscard]] std::vector<WritableMapping> writableMappings(const TargetProcess& process);

/// The same of the text of /proc/PID/maps.
[[nodiscard]] std::vector<WritableMapping> writableMappingsIn(std::string_view maps);

}  // namespace heaptap::relay
