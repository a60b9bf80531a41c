// SPDX-License-Identifier: Apache-2.0
// Every outcome of realloc. Counted: each successful one is a free and an allocation.
#include <stdint.h>
#include <stdlib.h>

#include "sink.h"

int main() {
  // Grows in place or moves: 1 malloc + 20 reallocs, all freed but the last.
  void* block = use(malloc(16));
  for (size_t i = 1; i <= 20; ++i) block = use(realloc(block, 16 + i * 1000));
  // Fails: the block of 20,016 bytes stays live.
  if (use(realloc(block, PTRDIFF_MAX)) != nullptr) return 1;
  // realloc(p, 0) is a free.
  void* gone = use(malloc(33));
  if (realloc(gone, 0) != nullptr) return 2;
  // A large block that is moved by the kernel; 4 GiB and more need 33 bits.
  void* large = use(malloc(64ULL << 20));
  large = use(realloc(large, (5ULL << 30) + 7));
  if (large == nullptr) return 3;
}
