/* SPDX-License-Identifier: Apache-2.0 */
/* An allocator in a library, whose functions call one another by their names, as musl's do and those of small
   allocators: all are made of malloc and free. Blocks are never used again. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static char g_memory[1 << 24];
static size_t g_used;

void* malloc(size_t size) {
  const size_t bytes = 16 + ((size + 15) & ~(size_t)15);
  if (size > sizeof g_memory || bytes > sizeof g_memory - g_used) {
    errno = ENOMEM;
    return NULL;
  }
  char* const block = g_memory + __atomic_fetch_add(&g_used, bytes, __ATOMIC_RELAXED);
  memcpy(block, &size, sizeof size);
  return block + 16;
}

void free(void* block) { (void)block; }

void* calloc(size_t count, size_t size) {
  size_t bytes = 0;
  void* block = __builtin_mul_overflow(count, size, &bytes) ? NULL : malloc(bytes);
  return block == NULL ? NULL : memset(block, 0, bytes);
}

void* realloc(void* old, size_t size) {
  void* now = malloc(size);
  if (now == NULL || old == NULL) return now;
  size_t before = 0;
  memcpy(&before, (char*)old - 16, sizeof before);
  memcpy(now, old, before < size ? before : size);
  free(old);
  return now;
}

void* aligned_alloc(size_t align, size_t size) {
  const uintptr_t block = (uintptr_t)malloc(size + align);
  return block == 0 ? NULL : (void*)((block + align - 1) / align * align);
}

void* memalign(size_t align, size_t size) { return aligned_alloc(align, size); }

int posix_memalign(void** block, size_t align, size_t size) {
  if (align < sizeof(void*) || (align & (align - 1)) != 0) return EINVAL;
  *block = aligned_alloc(align, size);
  return *block == NULL ? ENOMEM : 0;
}

void* valloc(size_t size) { return aligned_alloc(4096, size); }
void* pvalloc(size_t size) { return aligned_alloc(4096, size); }

/* When it is first asked, the allocator makes something for itself, as tcmalloc does. */
size_t malloc_usable_size(void* block) {
  static void* g_own;
  if (g_own == NULL) g_own = malloc(8);
  size_t size = 0;
  if (block != NULL) memcpy(&size, (char*)block - 16, sizeof size);
  return size;
}
