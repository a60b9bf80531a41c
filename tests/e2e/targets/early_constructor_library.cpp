// SPDX-License-Identifier: Apache-2.0
// Its constructor runs before that of a preloaded library, which was loaded earlier.
#include <stdlib.h>

void* g_early[3];

__attribute__((constructor)) static void allocateEarly() {
  for (void*& block : g_early) block = malloc(1111);
}

void freeOneEarlyBlock() { free(g_early[0]); }
