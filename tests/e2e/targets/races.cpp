// SPDX-License-Identifier: Apache-2.0
// races THREADS STEPS: threads that free and reallocate each other's blocks, through few shared places and in
// few sizes, so that an address that one has freed is another's a moment later. The last line counts what was
// done, all of it in races::take, races::resize and races::give.
// races THREADS STEPS PROCESSES SEED: that many children, one after the other, each of which begins with one
// thread at work; the others come at random moments of its first half.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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
int g_threads;
long g_steps;
std::atomic<void*> g_places[32];

struct Totals {
  long allocations;
  long frees;
};

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

void startThread(int number) {
  if (pthread_create(&g_workers[number].thread, nullptr, work, &g_workers[number]) != 0) _exit(3);
}

void seed(uint64_t from) {
  for (int i = 0; i < g_threads; ++i) g_workers[i].random = from + static_cast<uint64_t>(i) * 7919;
}

void addUp(int firstThread, Totals& totals) {
  for (int i = 0; i < g_threads; ++i) {
    if (i >= firstThread) pthread_join(g_workers[i].thread, nullptr);
    totals.allocations += g_workers[i].allocations;
    totals.frees += g_workers[i].frees;
  }
}

void raceAtOnce(Totals& totals) {
  for (int i = 0; i < g_threads; ++i) startThread(i);
  addUp(0, totals);
}

// The first worker is the main thread.
void raceLater(Totals& totals) {
  long startAt[kMaxThreads] = {};
  for (int i = 1; i < g_threads; ++i)
    startAt[i] = static_cast<long>(next(g_workers[0]) % static_cast<uint64_t>(g_steps / 2 + 1));
  for (long now = 0; now < g_steps; ++now) {
    for (int i = 1; i < g_threads; ++i)
      if (startAt[i] == now) startThread(i);
    step(g_workers[0]);
  }
  addUp(1, totals);
}

int raceInChildren(long processes, uint64_t from, Totals& totals) {
  for (long i = 0; i < processes; ++i) {
    seed(from + static_cast<uint64_t>(i) * 104729);
    const pid_t child = fork();
    if (child == 0) {
      raceLater(totals);
      exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    if (status != 0) return 4;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  g_threads = count > 1 ? atoi(arguments[1]) : 4;
  g_steps = count > 2 ? atol(arguments[2]) : 1000;
  if (g_threads > kMaxThreads) return 2;
  auto& totals = *static_cast<Totals*>(
      mmap(nullptr, sizeof(Totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  seed(88172645463325252ULL);
  int status = 0;
  if (count > 4)
    status = raceInChildren(atol(arguments[3]), 88172645463325252ULL + strtoull(arguments[4], nullptr, 10),
                            totals);
  else
    raceAtOnce(totals);
  char text[100];
  snprintf(text, sizeof text, "allocations %ld frees %ld\n", totals.allocations, totals.frees);
  fputs(text, stdout);
  return status;
}
