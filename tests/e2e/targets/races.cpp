// SPDX-License-Identifier: Apache-2.0
// races THREADS STEPS: threads that free and reallocate each other's blocks, through few shared places and in
// few sizes, so that an address that one has freed is another's a moment later. The last line counts what was
// done, all of it in races::take, races::resize and races::give.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <atomic>

#include "sink.h"

namespace races {

void* take(size_t bytes) { return use(malloc(bytes)); }
void* resize(void* block, size_t bytes) { return use(realloc(block, bytes)); }
void give(void* block) { free(block); }

}  // namespace races

namespace {

constexpr int kMaxThreads = 64;
constexpr size_t kSizes[] = {24, 40,   24, 200,
                             40, 1000, 24, 200};  // The last is beyond the thread's own cache.

struct Worker {
  pthread_t thread;
  uint64_t random;
  long allocations;
  long frees;
};
Worker g_workers[kMaxThreads];
long g_steps;
std::atomic<void*> g_places[32];

uint64_t next(Worker& worker) {
  worker.random ^= worker.random << 13;
  worker.random ^= worker.random >> 7;
  worker.random ^= worker.random << 17;
  return worker.random;
}

void step(Worker& worker) {
  const uint64_t random = next(worker);
  std::atomic<void*>& place = g_places[random % 32];
  const size_t bytes = kSizes[(random >> 20) % 8];
  void* mine = nullptr;
  if ((random >> 40) % 4 == 0) {
    // Another thread's block, most often; in place or not.
    mine = place.exchange(nullptr);
    worker.frees += mine != nullptr;
    mine = mine != nullptr ? races::resize(mine, bytes) : races::take(bytes);
  } else {
    mine = races::take(bytes);
  }
  ++worker.allocations;
  if (void* const theirs = place.exchange(mine)) {
    races::give(theirs);
    ++worker.frees;
  }
}

void* work(void* argument) {
  Worker& worker = *static_cast<Worker*>(argument);
  for (long i = 0; i < g_steps; ++i) step(worker);
  return nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  const int threads = count > 1 ? atoi(arguments[1]) : 4;
  g_steps = count > 2 ? atol(arguments[2]) : 1000;
  if (threads > kMaxThreads) return 2;
  for (int i = 0; i < threads; ++i) {
    g_workers[i].random = 88172645463325252ULL + static_cast<uint64_t>(i) * 7919;
    pthread_create(&g_workers[i].thread, nullptr, work, &g_workers[i]);
  }
  long allocations = 0;
  long frees = 0;
  for (int i = 0; i < threads; ++i) {
    pthread_join(g_workers[i].thread, nullptr);
    allocations += g_workers[i].allocations;
    frees += g_workers[i].frees;
  }
  char text[100];
  snprintf(text, sizeof text, "allocations %ld frees %ld\n", allocations, frees);
  fputs(text, stdout);
}
