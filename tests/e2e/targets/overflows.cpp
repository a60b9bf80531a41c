// SPDX-License-Identifier: Apache-2.0
// Runs out of its stack again and again, and recovers as interpreters do: by a jump out of a handler on a
// signal stack. Each frame of the recursion calls an entry point, so that the guard page is mostly hit inside
// what stands in for it. After each time a known number of allocations.
//   overflows ENTRY PLACE ROUNDS    ENTRY: malloc … memalign; PLACE: main, thread, fiber, newfiber, onemore
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <functional>
#include <new>
#include <string>

#include "sink.h"

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kStack = 128 * 1024;
constexpr int kFreed = 1'000'000;

sigjmp_buf g_back;
alignas(16) char g_signalStack[64 * 1024];
void* g_toFree[kFreed];
int g_freed = 0;
void* g_moving = nullptr;

void leave(int) { siglongjmp(g_back, 1); }

void known(int count) {
  for (int i = 0; i < count; ++i) use(malloc(40));
}

void callMalloc() { free(malloc(24)); }
void callCalloc() { free(calloc(3, 8)); }
void callNew() { ::operator delete(::operator new(24)); }
void callNewArray() { ::operator delete[](::operator new[](24)); }
void callMemalign() { free(memalign(64, 24)); }
// The block is given up before: whether the call came to its end cannot be told afterwards.
void callFree() {
  void* const block = g_toFree[g_freed];
  g_toFree[g_freed++] = nullptr;
  free(block);
}
void callRealloc() {
  void* const block = g_moving;
  g_moving = nullptr;
  g_moving = realloc(block, 24 + static_cast<std::size_t>(rand() % 3) * 400);
}

void (*g_call)() = nullptr;

// NOLINTNEXTLINE(misc-no-recursion)
int recurse(int depth) {
  volatile char room[480];
  room[0] = 1;
  g_call();
  return recurse(depth + 1) + room[0];
}

void catchSegv() {
  stack_t stack{};
  stack.ss_sp = g_signalStack;
  stack.ss_size = sizeof g_signalStack;
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = leave;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
}

// `overflow` does not return.
int recover(int rounds, const std::function<void()>& overflow) {
  catchSegv();
  volatile int recovered = 0;
  static int round;  // Lives on over the jump.
  for (round = 0; round < rounds; ++round) {
    if (g_call == callFree)
      for (g_freed = 0; g_freed < kFreed / 100; ++g_freed) g_toFree[g_freed] = malloc(16);
    g_freed = 0;
    if (sigsetjmp(g_back, 1) == 0)
      overflow();
    else
      recovered = recovered + 1;
    known(100);
  }
  known(1000);
  return recovered;
}

void onThisStack() { recurse(0); }

ucontext_t g_main;
ucontext_t g_fiber;
char* g_fiberStack = nullptr;

char* makeFiberStack() {
  char* const room = static_cast<char*>(
      mmap(nullptr, kStack + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(room, kPage, PROT_NONE);
  return room;
}

void onAFiber() {
  if (g_fiberStack == nullptr) g_fiberStack = makeFiberStack();
  getcontext(&g_fiber);
  g_fiber.uc_stack.ss_sp = g_fiberStack + kPage;
  g_fiber.uc_stack.ss_size = kStack;
  g_fiber.uc_link = &g_main;
  makecontext(&g_fiber, onThisStack, 0);
  swapcontext(&g_main, &g_fiber);
}

// The stack that was left is unmapped before the next one is made.
void onAnotherFiber() {
  if (g_fiberStack != nullptr) munmap(g_fiberStack, kStack + kPage);
  g_fiberStack = nullptr;
  onAFiber();
}

// The stack that was left stays as it is: it may be gone on with one day.
void onOneMoreFiber() {
  g_fiberStack = nullptr;
  onAFiber();
}

struct Task {
  int rounds;
  int recovered;
};

void* inThread(void* task) {
  static_cast<Task*>(task)->recovered = recover(static_cast<Task*>(task)->rounds, onThisStack);
  return nullptr;
}

int recoverInThread(int rounds) {
  Task task{rounds, 0};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread;
  pthread_create(&thread, &attributes, inThread, &task);
  pthread_join(thread, nullptr);
  return task.recovered;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string entry = argv[1];
  const std::string place = argv[2];
  const int rounds = atoi(argv[3]);
  g_call = entry == "malloc"     ? callMalloc
           : entry == "calloc"   ? callCalloc
           : entry == "realloc"  ? callRealloc
           : entry == "free"     ? callFree
           : entry == "new"      ? callNew
           : entry == "newarray" ? callNewArray
                                 : callMemalign;
  const int recovered = place == "thread"    ? recoverInThread(rounds)
                        : place == "fiber"   ? recover(rounds, onAFiber)
                        : place == "main"    ? recover(rounds, onThisStack)
                        : place == "onemore" ? recover(rounds, onOneMoreFiber)
                                             : recover(rounds, onAnotherFiber);
  printf("recovered %d times\n", recovered);
}
