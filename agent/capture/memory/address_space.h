// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// One line of /proc/self/maps.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  const char* name = "";  ///< A path, "[heap]", …; empty: none. Cut off where it is very long.

  [[nodiscard]] std::uint64_t bytes() const { return end - start; }
};

/// Calls `visit(mapping, data)` for each mapping of this process, in their order. What changes meanwhile may
/// be there or not. False: the system does not say. Threads: any; no allocation.
bool forEachMapping(void (*visit)(const Mapping& mapping, void* data), void* data);

}  // namespace heaptap::capture
