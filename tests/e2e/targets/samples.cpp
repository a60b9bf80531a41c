// SPDX-License-Identifier: Apache-2.0
// Allocates much, in ways that sampling must get right, and says what it did:
//   ALLOCATIONS BYTES FREES KEPT-BLOCKS KEPT-BYTES
// as far as its own calls go. With an argument, only as much as that many threads do.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <atomic>
#include <thread>
#include <vector>

#include "sink.h"

namespace {

constexpr int kRounds = 40'000;
constexpr int kKept = kRounds / 8;
void* g_kept[8][kKept];

struct Done {
  std::atomic<unsigned long long> allocations{0}, bytes{0}, frees{0}, keptBlocks{0}, keptBytes{0};
} g_done;

void count(std::atomic<unsigned long long>& counter, unsigned long long n) {
  counter.fetch_add(n, std::memory_order_relaxed);
}

void* allocate(size_t size) {
  void* block = use(malloc(size));
  count(g_done.allocations, 1);
  count(g_done.bytes, size);
  return block;
}

void release(void* block) {
  free(block);
  count(g_done.frees, 1);
}

void keep(int thread, int slot, size_t size) {
  g_kept[thread][slot] = use(malloc(size));
  count(g_done.allocations, 1);
  count(g_done.bytes, size);
  count(g_done.keptBlocks, 1);
  count(g_done.keptBytes, size);
}

// Grows in place or moves: a free and an allocation each time.
void grow() {
  void* block = allocate(10);
  for (size_t size = 20; size < 2000; size *= 2) {
    block = use(realloc(block, size));
    count(g_done.allocations, 1);
    count(g_done.frees, 1);
    count(g_done.bytes, size);
  }
  release(block);
}

void work(int thread) {
  std::uint32_t random = static_cast<std::uint32_t>(thread) * 77 + 1;
  int kept = 0;
  for (int i = 0; i < kRounds; ++i) {
    random = random * 1664525U + 1013904223U;
    const size_t size = 16 + (random >> 12) % 3000;
    if (i % 8 == 0)
      keep(thread, kept++, size);
    else
      release(allocate(size));
    if (i % 100 == 0) grow();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  std::vector<std::thread> workers;
  workers.reserve(8);
  for (int thread = 1; thread < threads; ++thread) workers.emplace_back(work, thread);
  work(0);
  for (std::thread& worker : workers) worker.join();
  printf("%llu %llu %llu %llu %llu\n", g_done.allocations.load(), g_done.bytes.load(), g_done.frees.load(),
         g_done.keptBlocks.load(), g_done.keptBytes.load());
}
