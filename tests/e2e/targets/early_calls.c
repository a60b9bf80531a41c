/* SPDX-License-Identifier: Apache-2.0 */
/* Allocates before libc is initialised: from the program's .preinit_array (PREINIT), from the resolver of an
   indirect function (RESOLVER), or from a constructor (CONSTRUCTOR); as a program, or as a LIBRARY that the
   program without any of these is linked with. */
#include <stdlib.h>

#if defined(PREINIT) || defined(RESOLVER) || defined(CONSTRUCTOR)
static void* volatile g_early;

__attribute__((noinline)) static void allocateEarly(void) {
  for (int i = 0; i < 5; ++i) g_early = malloc(77);
  free(malloc(10));
  free(realloc(calloc(2, 10), 1000));
  g_early = realloc(calloc(2, 10), 77);
}
#endif

#if defined(PREINIT)
__attribute__((section(".preinit_array"), used)) static void (*g_first)(void) = allocateEarly;
#elif defined(RESOLVER)
static int answer(void) { return 0; }
static int (*resolve(void))(void) {
  allocateEarly();
  return answer;
}
__attribute__((visibility("hidden"))) int ask(void) __attribute__((ifunc("resolve")));
int (*g_ask)(void) = ask;
#elif defined(CONSTRUCTOR)
__attribute__((constructor)) static void construct(void) { allocateEarly(); }
#endif

#ifndef LIBRARY
void* volatile g_kept;

__attribute__((noinline)) static void keeps(int count) {
  for (int i = 0; i < count; ++i) g_kept = malloc(33);
}

int main(void) {
  keeps(10);
  return 0;
}
#endif
