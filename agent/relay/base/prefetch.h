// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::relay {

/// Begins to load the cache line of an address, which need not be a valid one.
/// The empty statement is an effect: a function that only prefetches is, to GCC 12, one without any, and
/// calls of it are removed.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}
/// Likewise, of a line that will be written.
inline void prefetchToWrite(const void* address) {
  __builtin_prefetch(address, 1);
  asm volatile("");
}

}  // namespace heaptap::relay
