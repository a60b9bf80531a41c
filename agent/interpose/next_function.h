// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/unrelocated.h"

namespace heaptap::interpose {

/// The definition of `name` that the program would call without heaptap; null when there is none. `known`
/// keeps it. Threads: any. The first look-up takes the loader's lock: better not in a signal handler or a
/// sandbox.
template <class Function>
Function nextFunction(std::atomic<Function>& known, const char* name) {
  if (!isRelocated()) return reinterpret_cast<Function>(nextUnrelocated(name));
  Function function = known.load(std::memory_order_acquire);
  if (function == nullptr) {
    function = reinterpret_cast<Function>(heaptap_next_symbol(name, &known));
    known.store(function, std::memory_order_release);
  }
  return function;
}

}  // namespace heaptap::interpose
