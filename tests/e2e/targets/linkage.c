/* SPDX-License-Identifier: Apache-2.0 */
/* Calls malloc and free in each way in which a program can know them: 10 temporary blocks each. */
#include <stdlib.h>

static void* volatile g_block;

static void* (*g_malloc)(size_t) = malloc; /* Relocated before any library's constructor. */
static void (*g_free)(void*) = free;

static void byName(void) {
  g_block = malloc(100);
  free(g_block);
}

static void byAddress(void) {
  void* (*volatile allocate)(size_t) = malloc;
  void (*volatile give)(void*) = free;
  g_block = allocate(100);
  give(g_block);
}

static void byCopiedPointer(void) {
  g_block = g_malloc(100);
  g_free(g_block);
}

int main(void) {
  for (int i = 0; i < 10; ++i) {
    byName();
    byAddress();
    byCopiedPointer();
  }
  return 0;
}
