// SPDX-License-Identifier: Apache-2.0
//
// Needs nothing but malloc, calloc and free.
#include <stdlib.h>

void* volatile g_kept;

__attribute__((noinline)) static void keeps(int count) {
  for (int i = 0; i < count; ++i) g_kept = malloc(64);
}

int main(void) {
  keeps(100);
  for (size_t i = 0; i < 50; ++i) free(g_kept = calloc(1, i));
  return 0;
}
