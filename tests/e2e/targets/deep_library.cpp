// SPDX-License-Identifier: Apache-2.0
// What `deep_bound` opens with RTLD_DEEPBIND: takes and gives blocks, by every name, also by a pointer of its
// own; what its constructor allocates comes before heaptap can see it.
#include <stdlib.h>
#include <string.h>

extern "C" {
void* volatile g_kept;
static void* g_fromConstructor;
static void (*volatile g_free)(void*) = free;

__attribute__((constructor)) static void construct(void) { g_fromConstructor = malloc(12); }

void keepsInLibrary(void) {
  for (int i = 0; i < 5; ++i) g_kept = malloc(100);
  for (int i = 0; i < 5; ++i) g_kept = realloc(calloc(1, 10), 100);
}
void freeInLibrary(void* block) { free(block); }
void freeByPointer(void* block) { g_free(block); }
void deleteInLibrary(int* block) { delete block; }
int* newInLibrary(void) { return new int(1); }
char* duplicateInLibrary(const char* text) { return strdup(text); }
void* takeConstructed(void) { return g_fromConstructor; }
void freeOther(void) {
  void* volatile block = aligned_alloc(64, 64);
  free(block);
}
}
