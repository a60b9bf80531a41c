// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Makes the compiler believe that a block is used.
inline void* use(void* block) {
  asm volatile("" : : "r"(block) : "memory");
  return block;
}
