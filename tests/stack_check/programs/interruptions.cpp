// SPDX-License-Identifier: Apache-2.0
// Signals at arbitrary instructions, with handlers that allocate: on the thread's stack and on a signal
// stack; in busy code and in the middle of allocations. The allocator is a reentrant one.
#include <alloca.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include <atomic>

#include "tests/e2e/targets/sink.h"

namespace {

std::atomic<unsigned> g_handled{0};
volatile unsigned g_sum = 1;
char g_signalStack[256 * 1024];

[[gnu::noinline]] void allocateDown(unsigned frames) {
  use(malloc(16));
  if (frames > 0) allocateDown(frames - 1);
  asm volatile("" : : : "memory");
}

void handle(int) {
  allocateDown(g_handled.load() % 4);
  ++g_handled;
}

int compare(const void* a, const void* b) {
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

[[gnu::noinline]] unsigned realigned(unsigned n) {
  alignas(64) unsigned buffer[32];
  for (unsigned& word : buffer) word = n;
  asm volatile("" : : "r"(buffer) : "memory");
  return buffer[n % 32];
}
[[gnu::noinline]] unsigned variable(unsigned n) {
  auto* words = static_cast<volatile unsigned*>(alloca((n % 50 + 1) * sizeof(unsigned)));
  words[0] = n;
  return words[0] + realigned(n);
}
[[gnu::noinline]] unsigned manyLive(unsigned a, unsigned b, unsigned c) {
  const unsigned x = variable(a) + variable(b) + variable(c);
  return a * x + b * x + c;
}
[[gnu::noinline]] unsigned busy(unsigned n) {
  int numbers[16];
  for (int i = 0; i < 16; ++i) numbers[i] = static_cast<int>((n + static_cast<unsigned>(i)) * 7919 % 101);
  qsort(numbers, 16, sizeof numbers[0], compare);
  char text[64];
  snprintf(text, sizeof text, "%u %d", n, numbers[3]);
  return manyLive(n, static_cast<unsigned>(strlen(text)), static_cast<unsigned>(numbers[15]));
}
[[gnu::noinline]] unsigned allocating(unsigned n) {
  allocateDown(n % 7);
  return busy(n);
}

void interrupt(unsigned (*work)(unsigned), int flags, unsigned signals) {
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = flags | SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  // An odd number of microseconds, so that it does not keep step with anything.
  const itimerval fast{{0, 97}, {0, 97}};
  const itimerval off{};
  setitimer(ITIMER_REAL, &fast, nullptr);
  const unsigned goal = g_handled + signals;
  for (unsigned n = 0; g_handled < goal; ++n) g_sum = g_sum + work(n);
  setitimer(ITIMER_REAL, &off, nullptr);
}

void* g_page = nullptr;

// Makes the page readable, so that the load is tried again and succeeds.
void handleFault(int) {
  allocateDown(2);
  mprotect(g_page, 4096, PROT_READ);
  ++g_handled;
}

[[gnu::noinline]] int fault(int flags) {
  g_page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct sigaction action {};
  action.sa_handler = handleFault;
  action.sa_flags = flags;
  sigaction(SIGSEGV, &action, nullptr);
  const int value = *static_cast<volatile int*>(g_page);
  munmap(g_page, 4096);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const unsigned signals = argc > 1 ? static_cast<unsigned>(atoi(argv[1])) : 1000;
  stack_t stack{};
  stack.ss_sp = g_signalStack;
  stack.ss_size = sizeof g_signalStack;
  sigaltstack(&stack, nullptr);
  for (const int flags : {0, SA_ONSTACK}) {
    interrupt(busy, flags, signals);
    interrupt(allocating, flags, signals);
    for (int i = 0; i < 100; ++i)
      if (fault(flags) != 0) return 1;
  }
  printf("%u handled\n", g_handled.load());
}
