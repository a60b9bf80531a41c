// SPDX-License-Identifier: Apache-2.0
// hands_over SIGNALS: one thread and its signal handler free and allocate each other's blocks, which are
// those of a heap of their own, so that a handler may come anywhere, in the middle of an event too; until so
// many signals were handled. The last line counts what was done.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "agent/include/heaptap.h"

namespace {

constexpr unsigned kPlaces = 8;
constexpr size_t kSize = 64;

heaptap_heap g_heap;
alignas(kSize) char g_pool[kPlaces][kSize];
std::atomic<char*> g_places[kPlaces];
std::atomic<long> g_pairs{0};
std::atomic<long> g_handled{0};

// Nobody else has the block meanwhile.
void renew(unsigned place) {
  char* const block = g_places[place % kPlaces].exchange(nullptr);
  if (block == nullptr) return;
  heaptap_freed(g_heap, block);
  heaptap_allocated(g_heap, block, kSize);
  g_pairs.fetch_add(1);
  g_places[place % kPlaces].store(block);
}

void handle(int) {
  for (unsigned place = 0; place < kPlaces; ++place) renew(place);
  g_handled.fetch_add(1);
}

// With a pause, in which the thread gets on.
[[noreturn]] void sendSignals(pid_t to) {
  while (kill(to, SIGUSR1) == 0)
    for (volatile int i = 0; i < 5000;) i = i + 1;
  _exit(0);
}

}  // namespace

int main(int count, char** arguments) {
  const long signals = count > 1 ? atol(arguments[1]) : 100;
  g_heap = heaptap_register_heap("handed over");
  for (unsigned i = 0; i < kPlaces; ++i) {
    heaptap_allocated(g_heap, g_pool[i], kSize);
    g_places[i] = g_pool[i];
  }
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
  const pid_t self = getpid();
  const pid_t sender = fork();
  if (sender == 0) sendSignals(self);
  uint64_t random = 88172645463325252ULL;
  while (g_handled < signals) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    renew(static_cast<unsigned>(random >> 33));
  }
  kill(sender, SIGKILL);
  waitpid(sender, nullptr, 0);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  printf("pairs %ld handled %ld\n", g_pairs.load(), g_handled.load());
}
