/* SPDX-License-Identifier: Apache-2.0 */
/* Calls libc's allocator by its other names, each block freed by another name than it was allocated by. With
   OWN_MALLOC, its malloc is made of them; as LIBRARY, it is a library whose malloc jumps to them. */
#include <stddef.h>

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void* __libc_valloc(size_t);
void* __libc_pvalloc(size_t);
void __libc_free(void*);

#if defined(OWN_MALLOC) || defined(LIBRARY)
void* malloc(size_t size) { return __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return __libc_realloc(old, size); }
void* memalign(size_t align, size_t size) { return __libc_memalign(align, size); }
void* aligned_alloc(size_t align, size_t size) { return __libc_memalign(align, size); }
void free(void* block) { __libc_free(block); }
#else
void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* old, size_t size);
void* aligned_alloc(size_t align, size_t size);
void free(void* block);
#endif

#ifndef LIBRARY
void* volatile g_kept;

__attribute__((noinline)) void keepsByOtherNames(int count) {
  for (int i = 0; i < count; ++i) {
    g_kept = __libc_malloc(100);
    g_kept = __libc_calloc(2, 50);
    g_kept = __libc_realloc(__libc_malloc(1), 100);
    g_kept = __libc_memalign(64, 100);
    g_kept = __libc_valloc(100);
    g_kept = __libc_pvalloc(100);
  }
}
__attribute__((noinline)) void keepsByName(int count) {
  for (int i = 0; i < count; ++i) {
    g_kept = malloc(50);
    g_kept = calloc(5, 10);
    g_kept = realloc(malloc(1), 50);
    g_kept = aligned_alloc(64, 64);
  }
}
__attribute__((noinline)) void frees(int count) {
  for (int i = 0; i < count; ++i) {
    free(g_kept = __libc_malloc(100));
    free(g_kept = __libc_memalign(64, 100));
    free(g_kept = realloc(__libc_calloc(1, 30), 40));
    __libc_free(g_kept = malloc(20));
    __libc_free(g_kept = __libc_realloc(calloc(1, 30), 4000));
  }
}

int main(void) {
  keepsByOtherNames(10);
  keepsByName(10);
  frees(10);
  return 0;
}
#endif
