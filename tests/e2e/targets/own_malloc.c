/* SPDX-License-Identifier: Apache-2.0 */
/* A program with an allocator of its own, as one with a static jemalloc has it: blocks are never freed. */
#include <stddef.h>
#include <string.h>

static char g_memory[1 << 24];
static size_t g_used;

void* malloc(size_t size) {
  void* block = g_memory + g_used;
  g_used += (size + 31) & ~(size_t)15;
  return g_used <= sizeof g_memory ? block : NULL;
}
void free(void* block) { (void)block; }
void* calloc(size_t count, size_t size) {
  void* block = malloc(count * size);
  return block == NULL ? NULL : memset(block, 0, count * size);
}
void* realloc(void* old, size_t size) {
  void* block = malloc(size);
  return block == NULL || old == NULL ? block : memcpy(block, old, size);
}

int main(void) {
  for (int i = 0; i < 1000; ++i) {
    void* volatile block = malloc(100);
    free(block);
  }
  return 0;
}
