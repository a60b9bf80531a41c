// SPDX-License-Identifier: Apache-2.0
// storms THREADS SIGNALS: threads that allocate without pause while each gets SIGNALS signals, by another
// thread and by a timer, a part of them on a signal stack. Handlers allocate and free too, and raise another
// signal whose handler does so as well. The allocator is a reentrant one. The last line counts what was done,
// all of it in counted::.
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include <atomic>

#include "sink.h"

namespace {
std::atomic<long> g_allocations{0};
std::atomic<long> g_frees{0};
}  // namespace

namespace counted {

void* take(size_t bytes) {
  void* block = use(malloc(bytes));
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  return block;
}
void give(void* block) {
  free(block);
  g_frees.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace counted

namespace {

constexpr int kMaxThreads = 16;

struct Worker {
  pthread_t thread;
  std::atomic<bool> begun;
  std::atomic<long> handled;
};
Worker g_workers[kMaxThreads];
thread_local Worker* t_self = nullptr;
int g_threads;
long g_signals;
std::atomic<bool> g_stop{false};

void handleInner(int) { counted::give(counted::take(48)); }

void handleOuter(int) {
  void* block = counted::take(32);
  raise(SIGUSR2);
  counted::give(block);
  if (t_self != nullptr) t_self->handled.fetch_add(1);
}

void* work(void* argument) {
  t_self = static_cast<Worker*>(argument);
  static thread_local char signalStack[128 * 1024];
  stack_t stack{};
  stack.ss_sp = signalStack;
  stack.ss_size = sizeof signalStack;
  if ((t_self - g_workers) % 2 == 0) sigaltstack(&stack, nullptr);
  t_self->begun = true;
  // A few always stay, so that frees are of older blocks.
  void* kept[8] = {};
  for (unsigned i = 0; !g_stop; ++i) {
    void*& place = kept[i % 8];
    if (place != nullptr) counted::give(place);
    place = counted::take(24 + i % 5 * 8);
  }
  for (void* block : kept)
    if (block != nullptr) counted::give(block);
  return nullptr;
}

bool allHandled() {
  for (int i = 0; i < g_threads; ++i)
    if (g_workers[i].handled < g_signals) return false;
  return true;
}

void listen(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

int main(int argc, char** arguments) {
  g_threads = argc > 1 ? atoi(arguments[1]) : 4;
  g_signals = argc > 2 ? atol(arguments[2]) : 200;
  if (g_threads > kMaxThreads) return 2;
  listen(SIGUSR1, handleOuter);
  listen(SIGUSR2, handleInner);
  listen(SIGALRM, handleOuter);
  for (int i = 0; i < g_threads; ++i) pthread_create(&g_workers[i].thread, nullptr, work, &g_workers[i]);
  for (int i = 0; i < g_threads; ++i)
    while (!g_workers[i].begun) continue;
  const itimerval often{{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &often, nullptr);
  while (!allHandled())
    for (int i = 0; i < g_threads; ++i) pthread_kill(g_workers[i].thread, SIGUSR1);
  const itimerval off{};
  setitimer(ITIMER_REAL, &off, nullptr);
  g_stop = true;
  for (int i = 0; i < g_threads; ++i) pthread_join(g_workers[i].thread, nullptr);
  listen(SIGALRM, SIG_IGN);
  printf("allocations %ld frees %ld\n", g_allocations.load(), g_frees.load());
}
