// SPDX-License-Identifier: Apache-2.0
// Two threads allocate, reallocate and free at random, and count what they do. They say "working" when they
// have begun. With an argument they wait for the end of standard input, and then work so many times each, at
// full speed; else they work at some hundred thousand a second until standard input ends. The last line has
// the counts: all was done in counted::take, counted::resize and counted::give.
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sink.h"

namespace counted {

void* take(size_t bytes) { return use(malloc(bytes)); }
void* resize(void* block, size_t bytes) { return use(realloc(block, bytes)); }
void give(void* block) { free(block); }

}  // namespace counted

namespace {

constexpr int kThreads = 2;
constexpr int kSlots = 256;
constexpr long kStep = 1000;

struct Worker {
  pthread_t thread;
  uint64_t random;
  long allocations;
  long frees;
  void* slots[kSlots];
};
Worker g_workers[kThreads];
long g_steps = -1;  // Without an end.
pthread_barrier_t g_begun;

uint64_t next(Worker& worker) {
  worker.random ^= worker.random << 13;
  worker.random ^= worker.random >> 7;
  worker.random ^= worker.random << 17;
  return worker.random;
}

void churn(Worker& worker) {
  const uint64_t random = next(worker);
  void*& slot = worker.slots[random % kSlots];
  const size_t bytes = 1 + (random >> 20) % 200;
  if (slot == nullptr) {
    slot = counted::take(bytes);
    ++worker.allocations;
  } else if ((random >> 40) % 4 == 0) {
    slot = counted::resize(slot, bytes);
    ++worker.allocations;
    ++worker.frees;
  } else {
    counted::give(slot);
    slot = nullptr;
    ++worker.frees;
  }
}

bool inputEnds(int withinMs) {
  pollfd wait{STDIN_FILENO, POLLIN, 0};
  return poll(&wait, 1, withinMs) > 0;
}

void* work(void* argument) {
  Worker& worker = *static_cast<Worker*>(argument);
  for (long step = 0; step != g_steps; ++step) {
    for (long i = 0; i < kStep; ++i) churn(worker);
    if (step == 0) pthread_barrier_wait(&g_begun);
    if (step == 0 && g_steps >= 0) inputEnds(-1);
    if (g_steps >= 0) continue;
    if (inputEnds(0)) break;
    const timespec pause{0, 2'000'000};
    nanosleep(&pause, nullptr);
  }
  return nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) g_steps = atol(arguments[1]) / kStep;
  pthread_barrier_init(&g_begun, nullptr, kThreads + 1);
  for (int i = 0; i < kThreads; ++i) {
    g_workers[i].random = 88172645463325252ULL + static_cast<uint64_t>(i);
    pthread_create(&g_workers[i].thread, nullptr, work, &g_workers[i]);
  }
  pthread_barrier_wait(&g_begun);
  (void)!write(STDOUT_FILENO, "working\n", 8);
  long allocations = 0;
  long frees = 0;
  for (Worker& worker : g_workers) {
    pthread_join(worker.thread, nullptr);
    allocations += worker.allocations;
    frees += worker.frees;
  }
  char text[100];
  const int length = snprintf(text, sizeof text, "allocations %ld frees %ld\n", allocations, frees);
  (void)!write(STDOUT_FILENO, text, static_cast<size_t>(length));
}
