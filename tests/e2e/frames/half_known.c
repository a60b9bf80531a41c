/* SPDX-License-Identifier: Apache-2.0 */
/* Code of Rust's alloc.rs, inlined into a function of the program; built with split debug information that is
   gone: so the line is known, but not that it was inlined. */
#include <stdlib.h>

void* volatile g_kept;

#line 95 "/rustc/0123456789abcdef0123456789abcdef01234567/library/alloc/src/alloc.rs"
__attribute__((always_inline)) static inline void allocate(size_t size) { g_kept = malloc(size); }
#line 13 "half_known.c"

__attribute__((noinline)) void keep_on_shelf(void) {
  allocate(6001);
  g_kept = g_kept;
}

int main(void) {
  keep_on_shelf();
  return g_kept == NULL;
}
