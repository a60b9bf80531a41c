// SPDX-License-Identifier: Apache-2.0
// A plugin that keeps what it allocates. KEEPS names the function that does, so that plugins differ in nothing
// that is in memory.
#include <stdlib.h>

__attribute__((noinline)) static void* KEEPS(unsigned bytes) {
  void* const block = malloc(bytes);
  *(volatile char*)block = 1;
  return block;
}

__attribute__((noinline)) void* plugin_entry(unsigned bytes) {
  void* const block = KEEPS(bytes);
  *(volatile char*)block = 2;
  return block;
}
