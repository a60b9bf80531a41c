// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "agent/include/heaptap/abi.h"

namespace heaptap::interpose {

/// Sets errno as libc's own functions do when they fail. Not by the name that <errno.h> has for it, as the
/// program may define a function of that name.
inline void setErrno(int value) {
  using Location = int* (*)();
  static constinit std::atomic<Location> known{nullptr};
  Location location = known.load(std::memory_order_acquire);
  if (location == nullptr) {
    location = reinterpret_cast<Location>(heaptap_libc_symbol("__errno_location"));
    if (location == nullptr) return;
    known.store(location, std::memory_order_release);
  }
  *location() = value;
}

}  // namespace heaptap::interpose
