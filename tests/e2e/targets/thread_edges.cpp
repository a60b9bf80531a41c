// SPDX-License-Identifier: Apache-2.0
// The edges of a thread's life, in the way that the first argument says.
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vector>

#include "sink.h"

namespace {

// ---- at the exit of a thread --------------------------------------------------------------------------

pthread_key_t g_key;
void atExit(void*) { use(valloc(1234)); }

void* leaveWithKey(void*) {
  pthread_setspecific(g_key, &g_key);
  return nullptr;
}

// The main thread's destructors run only when it leaves by pthread_exit.
void vallocAtExit(int threads) {
  pthread_key_create(&g_key, atExit);
  for (int i = 0; i < threads; ++i) {
    pthread_t thread;
    pthread_create(&thread, nullptr, leaveWithKey, nullptr);
    pthread_join(thread, nullptr);
  }
  pthread_setspecific(g_key, &g_key);
  pthread_exit(nullptr);
}

// ---- many at once -------------------------------------------------------------------------------------

void* allocateAligned(void*) {
  for (int i = 0; i < 100; ++i) {
    void* block = nullptr;
    if (posix_memalign(&block, sizeof(void*) << (i % 8), 100) != 0) _exit(9);
    use(block);
    if (i % 2 == 0) free(block);
  }
  return nullptr;
}

void alignedBlocks(int threads) {
  std::vector<pthread_t> all(static_cast<std::size_t>(threads));
  for (pthread_t& thread : all) pthread_create(&thread, nullptr, allocateAligned, nullptr);
  for (pthread_t thread : all) pthread_join(thread, nullptr);
}

// ---- on a stack of its own ----------------------------------------------------------------------------

void* onGivenStack(void*) {
  use(malloc(77));
  return nullptr;
}

// Gone as soon as the thread has ended: it may not be looked at later.
void givenStacks(int threads) {
  constexpr std::size_t kBytes = 256 * 1024;
  for (int i = 0; i < threads; ++i) {
    void* stack = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, kBytes);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, onGivenStack, nullptr) != 0) _exit(9);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    munmap(stack, kBytes);
  }
}

// ---- who is there, and whose the signals are ------------------------------------------------------------

volatile int g_handled = 0;
void handle(int) {
  g_handled = g_handled + 1;
  use(malloc(88));
}

int countThreads() {
  int count = 0;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

// Each is handled before kill returns, as long as no other thread takes it (kill(2)).
void ownSignals(int signals) {
  signal(SIGUSR1, handle);
  int late = 0;
  for (int i = 0; i < signals; ++i) {
    kill(getpid(), SIGUSR1);
    late += g_handled != i + 1;
  }
  printf("threads %d handled %d late %d\n", countThreads(), g_handled, late);
}

}  // namespace

int main(int argc, char** arguments) {
  if (argc != 3) return 2;
  const int count = atoi(arguments[2]);
  if (strcmp(arguments[1], "valloc-at-exit") == 0) vallocAtExit(count);
  if (strcmp(arguments[1], "aligned") == 0) alignedBlocks(count);
  if (strcmp(arguments[1], "given-stacks") == 0) givenStacks(count);
  if (strcmp(arguments[1], "own-signals") == 0) ownSignals(count);
}
