// SPDX-License-Identifier: Apache-2.0
// A thread whose first allocation comes when the process may map no more memory; the heap has enough.
//   short_of_memory COUNT
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "sink.h"

namespace {

pthread_barrier_t g_limited;

void* allocateLate(void* count) {
  pthread_barrier_wait(&g_limited);
  for (long i = 0; i < *static_cast<long*>(count); ++i) {
    void* const block = malloc(40);
    if (block == nullptr) return const_cast<char*>("no memory");
    use(block);
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  long count = atol(argv[1]);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  free(malloc(static_cast<std::size_t>(count) * 64 + (1 << 20)));
  pthread_barrier_init(&g_limited, nullptr, 2);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, allocateLate, &count) != 0) return 3;
  const rlimit none{1 << 20, RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &none) != 0) return 4;
  pthread_barrier_wait(&g_limited);
  void* trouble = nullptr;
  pthread_join(thread, &trouble);
  return trouble == nullptr ? 0 : 5;
}
