/* SPDX-License-Identifier: Apache-2.0 */
/* What `loads` opens: allocates by whichever malloc it sees; its neighbour lies where only its own RPATH
   leads. Its constructor starts a thread that allocates, while the loader's locks are held. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

static void* volatile g_block;

static void* allocateAtLoad(void* nothing) {
  g_block = malloc(31);
  return nothing;
}

__attribute__((constructor)) static void atLoad(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, allocateAtLoad, NULL) == 0) pthread_join(thread, NULL);
}

void* allocateInLibrary(int bytes) { return malloc((size_t)bytes); }
void freeInLibrary(void* block) { free(block); }

const char* openNeighbour(void) {
  return dlopen("libneighbour_of_late.so", RTLD_NOW) != NULL ? "neighbour found" : dlerror();
}
