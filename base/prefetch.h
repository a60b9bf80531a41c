// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap {

/// Begins to load the cache line of an address, which need not be a valid one.
/// The empty statement is an effect: to GCC 12 a function that only prefetches has none, so that calls of it
/// are removed. layering_test looks for what is left of them.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}
/// Likewise, of a line that will be written.
inline void prefetchToWrite(const void* address) {
  __builtin_prefetch(address, 1);
  asm volatile("");
}

}  // namespace heaptap
