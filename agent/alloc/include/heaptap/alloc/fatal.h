// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

namespace heaptap::detail {

/// Ends the program with a line on standard error, which is unbuffered: nothing is allocated.
[[noreturn]] inline void fatal(const char* what, const void* block) noexcept {
  char line[160];
  std::snprintf(line, sizeof line, "heaptap: %s: block %p\n", what, block);
  std::fputs(line, stderr);
  std::abort();
}

}  // namespace heaptap::detail
