// SPDX-License-Identifier: Apache-2.0
// Many threads, in the way that the first argument says; the second one is their number. Each leaks 1 block
// of 32 bytes and has 2 temporaries of 48, from `work`.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "sink.h"

namespace {

pthread_attr_t g_small;

void work() {
  use(malloc(32));
  for (int i = 0; i < 2; ++i) free(use(malloc(48)));
}

void* once(void*) {
  work();
  return nullptr;
}

pthread_t start(void* (*function)(void*), void* argument = nullptr) {
  pthread_t thread;
  if (pthread_create(&thread, &g_small, function, argument) != 0) _exit(9);
  return thread;
}

void inBatches(int count, int batch) {
  std::vector<pthread_t> threads;
  for (int done = 0; done < count; done += batch) {
    threads.clear();
    for (int i = 0; i < batch; ++i) threads.push_back(start(once));
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
  }
}

// After each lot, a line on standard input says how many more there will be.
void oneByOne(int count) {
  while (count > 0) {
    inBatches(count, 1);
    printf("%d done\n", count);
    fflush(stdout);
    if (scanf("%d", &count) != 1) return;
  }
}

pthread_barrier_t g_barrier;

void* together(void*) {
  pthread_barrier_wait(&g_barrier);
  work();
  pthread_barrier_wait(&g_barrier);  // No thread leaves before all have allocated.
  return nullptr;
}

void allAtOnce(int count) {
  pthread_barrier_init(&g_barrier, nullptr, static_cast<unsigned>(count));
  std::vector<pthread_t> threads;
  for (int i = 0; i < count; ++i) threads.push_back(start(together));
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

// ---- at the end of a thread -------------------------------------------------------------------------

pthread_key_t g_key;

// Runs four times for each thread (PTHREAD_DESTRUCTOR_ITERATIONS), as it sets the value again.
void atKeyDestruction(void* rounds) {
  free(use(malloc(64)));
  use(malloc(16));
  pthread_setspecific(g_key, rounds);
}

struct Local {
  void* block = use(malloc(80));
  Local() = default;
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() { atLocalDestruction(); }
  void atLocalDestruction() {
    free(block);
    free(use(malloc(96)));
  }
};
thread_local Local t_local;

void* leavingTraces(void*) {
  use(&t_local);
  pthread_setspecific(g_key, &g_key);
  work();
  return nullptr;
}

void withDestructors(int count) {
  pthread_key_create(&g_key, atKeyDestruction);
  for (int i = 0; i < count; ++i) pthread_join(start(leavingTraces), nullptr);
}

// ---- names ------------------------------------------------------------------------------------------

void* named(void* number) {
  const std::string name = "worker-" + std::to_string(reinterpret_cast<long>(number));
  pthread_setname_np(pthread_self(), name.c_str());
  return together(nullptr);
}

void withNames(int count) {
  pthread_barrier_init(&g_barrier, nullptr, static_cast<unsigned>(count) + 1);
  std::vector<pthread_t> threads;
  for (long i = 0; i < count; ++i) threads.push_back(start(named, reinterpret_cast<void*>(i)));
  pthread_barrier_wait(&g_barrier);
  printf("ready\n");
  fflush(stdout);
  char c = 0;
  while (read(0, &c, 1) == 1 && c != '\n') {
  }
  pthread_barrier_wait(&g_barrier);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace

int main(int argc, char** arguments) {
  if (argc != 3) return 2;
  const std::string way = arguments[1];
  const int count = atoi(arguments[2]);
  pthread_attr_init(&g_small);
  pthread_attr_setstacksize(&g_small, 128 * 1024);
  if (way == "in-batches") inBatches(count, 50);
  if (way == "all-at-once") allAtOnce(count);
  if (way == "with-destructors") withDestructors(count);
  if (way == "with-names") withNames(count);
  if (way == "one-by-one") oneByOne(count);
}
