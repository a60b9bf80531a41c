// SPDX-License-Identifier: Apache-2.0
// Leaves an allocator by an exception, on a fiber whose stack is then unmapped, and allocates on another
// fiber below it: ROUNDS times (20), ten times `known` in each. The argument says where the fibers lie:
// "main" and "thread" (of these threads, anywhere), or "arena": right below the stack of a thread, with no
// guard between.
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "agent/include/heaptap/abi.h"
#include "sink.h"

namespace {

constexpr int kRounds = 20;
constexpr size_t kFiberBytes = 64UL << 10;
constexpr size_t kThreadBytes = 256UL << 10;

const heaptap_agent* g_agent;
char* g_fibers;  // Two of them; in an arena the thread's stack follows.

[[gnu::noinline]] void known() { use(malloc(777)); }

// An allocator that calls others for its caller, and throws.
[[gnu::noinline]] void allocateAndThrow() {
  const heaptap_call_site from = heaptap_caller();
  if (g_agent->enterLayer(nullptr, &from) == 0) abort();
  use(malloc(99));  // The allocator's own: not recorded.
  throw 1;
}

// Down to the last page of the fiber's stack.
[[gnu::noinline]] void allocateDeep() {
  char room[kFiberBytes - 3000];
  use(room);
  use(malloc(32));
  use(room);
}

void leaveLayer() {
  use(malloc(31));
  allocateDeep();
  try {
    allocateAndThrow();
  } catch (int) {
  }
}

void allocateInFiber() {
  for (int i = 0; i < 10; ++i) known();
}

void runOn(char* stack, void (*body)()) {
  ucontext_t here;
  ucontext_t fiber;
  getcontext(&fiber);
  fiber.uc_stack.ss_sp = stack;
  fiber.uc_stack.ss_size = kFiberBytes;
  fiber.uc_link = &here;
  makecontext(&fiber, body, 0);
  swapcontext(&here, &fiber);
}

char* mapFibers() {
  const int fixed = g_fibers != nullptr ? MAP_FIXED : 0;
  void* const at =
      mmap(g_fibers, 2 * kFiberBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
  if (at == MAP_FAILED) abort();
  return static_cast<char*>(at);
}

void* leaveAndAllocate(void*) {
  for (int i = 0; i < kRounds; ++i) {
    char* const lower = mapFibers();
    char* const upper = lower + kFiberBytes;
    runOn(upper, leaveLayer);
    munmap(upper, kFiberBytes);
    runOn(lower, allocateInFiber);
    munmap(lower, kFiberBytes);
  }
  return nullptr;
}

void runThread(const pthread_attr_t* attributes) {
  pthread_t thread{};
  if (pthread_create(&thread, attributes, leaveAndAllocate, nullptr) != 0) abort();
  pthread_join(thread, nullptr);
}

void runInArena() {
  void* const arena = mmap(nullptr, 2 * kFiberBytes + kThreadBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (arena == MAP_FAILED) abort();
  g_fibers = static_cast<char*>(arena);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, g_fibers + 2 * kFiberBytes, kThreadBytes);
  runThread(&attributes);
  pthread_attr_destroy(&attributes);
}

}  // namespace

int main(int argc, char** argv) {
  void* const symbol = dlsym(RTLD_DEFAULT, "heaptap_agent_of");
  const heaptap_agent* (*agentOf)(uint32_t) = nullptr;
  memcpy(&agentOf, &symbol, sizeof agentOf);
  if (agentOf == nullptr || argc != 2) return 2;
  g_agent = agentOf(HEAPTAP_ABI_VERSION);
  if (strcmp(argv[1], "main") == 0) leaveAndAllocate(nullptr);
  if (strcmp(argv[1], "thread") == 0) runThread(nullptr);
  if (strcmp(argv[1], "arena") == 0) runInArena();
  printf("left %d layers\n", kRounds);
}
