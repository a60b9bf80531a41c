/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what arrives at the allocator behind heaptap: preloaded after heaptap's library, before libc. Each
   image of a process that allocates or frees writes a file of its own into ZOO_COUNTS, by shared memory, so
   that the numbers are there however it ends. Knows nothing of heaptap, and shares no code with it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The layout that keeper/counts.py reads. */
struct counts {
  uint64_t pid;
  _Atomic uint64_t allocations;
  _Atomic uint64_t frees;
  _Atomic uint64_t bytes;
  char program[224];
};

enum { NOT_LOOKED, LOOKING, COUNTING, HOPELESS };

/* On a page that a forked child finds empty: its counts are its own. */
struct place {
  _Atomic int state;
  struct counts* _Atomic counts;
};

static struct place* _Atomic g_place;
static char g_folder[512];

static struct counts* open_counts(void) {
  static _Atomic unsigned g_images;
  if (g_folder[0] == 0) {
    const char* folder = getenv("ZOO_COUNTS");
    if (folder == NULL || strlen(folder) >= sizeof g_folder - 40) return NULL;
    strcpy(g_folder, folder);
  }
  char path[sizeof g_folder + 64];
  struct counts* counts = NULL;
  for (int tries = 0; tries < 1000 && counts == NULL; ++tries) {
    const long pid = syscall(SYS_getpid);
    const unsigned image = atomic_fetch_add(&g_images, 1);
    char* end = stpcpy(path, g_folder);
    *end++ = '/';
    char digits[24];
    for (int part = 0; part < 2; ++part) {
      int n = 0;
      for (unsigned long left = part == 0 ? (unsigned long)pid : image; n == 0 || left != 0; left /= 10)
        digits[n++] = (char)('0' + left % 10);
      while (n > 0) *end++ = digits[--n];
      *end++ = part == 0 ? '.' : 0;
    }
    const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) return NULL;
    if (ftruncate(file, sizeof *counts) == 0)
      counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (counts == MAP_FAILED || counts == NULL) return NULL;
    counts->pid = (uint64_t)pid;
    const ssize_t length = readlink("/proc/self/exe", counts->program, sizeof counts->program - 1);
    (void)length;
  }
  return counts;
}

static struct counts* find_counts(void) {
  struct place* place = atomic_load(&g_place);
  if (place == NULL) {
    place = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return NULL;
    madvise(place, 4096, MADV_WIPEONFORK);
    struct place* none = NULL;
    if (!atomic_compare_exchange_strong(&g_place, &none, place)) {
      munmap(place, 4096);
      place = none;
    }
  }
  for (;;) {
    int state = atomic_load(&place->state);
    if (state == COUNTING) return atomic_load(&place->counts);
    if (state == HOPELESS) return NULL;
    if (state == NOT_LOOKED && atomic_compare_exchange_strong(&place->state, &state, LOOKING)) {
      struct counts* counts = open_counts();
      atomic_store(&place->counts, counts);
      atomic_store(&place->state, counts != NULL ? COUNTING : HOPELESS);
    }
  }
}

static struct counts* my_counts(void) {
  struct place* place = atomic_load_explicit(&g_place, memory_order_relaxed);
  if (place != NULL && atomic_load_explicit(&place->state, memory_order_acquire) == COUNTING)
    return atomic_load_explicit(&place->counts, memory_order_relaxed);
  const int error = errno;
  struct counts* counts = find_counts();
  errno = error;
  return counts;
}

static void* allocated(void* block, size_t size) {
  struct counts* counts = block == NULL ? NULL : my_counts();
  if (counts != NULL) {
    atomic_fetch_add_explicit(&counts->allocations, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counts->bytes, size, memory_order_relaxed);
  }
  return block;
}

static void freed(const void* block) {
  struct counts* counts = block == NULL ? NULL : my_counts();
  if (counts != NULL) atomic_fetch_add_explicit(&counts->frees, 1, memory_order_relaxed);
}

#define NEXT(name)               \
  static __typeof__(name)* next; \
  if (next == NULL) next = (__typeof__(name)*)dlsym(RTLD_NEXT, #name)

void* malloc(size_t size) {
  NEXT(malloc);
  return allocated(next(size), size);
}

void* calloc(size_t count, size_t size) {
  NEXT(calloc);
  return allocated(next(count, size), count * size);
}

void* realloc(void* old, size_t size) {
  NEXT(realloc);
  void* now = next(old, size);
  if (now != NULL || (old != NULL && size == 0)) freed(old);
  return allocated(now, size);
}

void* reallocarray(void* old, size_t count, size_t size) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(old, bytes);
}

static void (*g_free)(void*);

/* At the start: dlsym frees its last error message, so that to look for free in a free may never end. */
__attribute__((constructor)) static void find_free(void) {
  if (g_free == NULL) g_free = (void (*)(void*))dlsym(RTLD_NEXT, "free");
}

void free(void* block) {
  find_free();
  freed(block);
  g_free(block);
}

/* libc's other names, by which heaptap calls what a library that looks past both would have called. */
#define TWIN(result, name, ...)      \
  result __libc_##name(__VA_ARGS__); \
  result __libc_##name(__VA_ARGS__)

TWIN(void*, malloc, size_t size) {
  NEXT(__libc_malloc);
  return allocated(next(size), size);
}

TWIN(void*, calloc, size_t count, size_t size) {
  NEXT(__libc_calloc);
  return allocated(next(count, size), count * size);
}

TWIN(void*, realloc, void* old, size_t size) {
  NEXT(__libc_realloc);
  void* now = next(old, size);
  if (now != NULL || (old != NULL && size == 0)) freed(old);
  return allocated(now, size);
}

TWIN(void, free, void* block) {
  NEXT(__libc_free);
  freed(block);
  next(block);
}

TWIN(void*, memalign, size_t align, size_t size) {
  NEXT(__libc_memalign);
  return allocated(next(align, size), size);
}

void* memalign(size_t align, size_t size);
void* memalign(size_t align, size_t size) {
  NEXT(memalign);
  return allocated(next(align, size), size);
}

void* aligned_alloc(size_t align, size_t size) {
  NEXT(aligned_alloc);
  return allocated(next(align, size), size);
}

int posix_memalign(void** block, size_t align, size_t size) {
  NEXT(posix_memalign);
  const int error = next(block, align, size);
  if (error == 0) allocated(*block, size);
  return error;
}

void* valloc(size_t size);
void* valloc(size_t size) {
  NEXT(valloc);
  return allocated(next(size), size);
}

void* pvalloc(size_t size);
void* pvalloc(size_t size) {
  NEXT(pvalloc);
  const size_t page = 4096;
  return allocated(next(size), (size + page - 1) / page * page);
}
