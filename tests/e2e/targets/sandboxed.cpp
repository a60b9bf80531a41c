// SPDX-License-Identifier: Apache-2.0
// Gives up system calls in the way that the first argument says, then goes on allocating: ROUNDS (the second
// argument) temporary blocks of 48 bytes, and 7 leaked ones of 700. Says "ready" before, waits for a line on
// standard input, and says "done" afterwards.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "sink.h"

namespace {

long g_rounds = 0;

void say(const char* text) { (void)!write(1, text, strlen(text)); }
void awaitWord() {
  char c = 0;
  while (read(0, &c, 1) == 1 && c != '\n') {
  }
}

// More than an own heap of this size would need a system call.
void growHeap() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 8 << 20);
  free(use(malloc(100'000)));
  free(use(malloc(48)));
}

void churn() {
  for (long i = 0; i < g_rounds; ++i) free(use(malloc(48)));
}

void leak() {
  for (int i = 0; i < 7; ++i) use(malloc(700));
}

// Kills for everything that waiting, first steps of a thread and a growing memory would need. A thread's
// stack of 256 KiB may be mapped, nothing larger.
bool installFilter(bool bySeccomp, unsigned flags) {
#define KILL_FOR(number) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      KILL_FOR(SYS_gettid),
      KILL_FOR(SYS_getpid),
      KILL_FOR(SYS_futex),
      KILL_FOR(SYS_sched_yield),
      KILL_FOR(SYS_nanosleep),
      KILL_FOR(SYS_clock_nanosleep),
      KILL_FOR(SYS_clock_gettime),
      KILL_FOR(SYS_prctl),
      KILL_FOR(SYS_socket),
      KILL_FOR(SYS_openat),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 300 * 1024, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
#undef KILL_FOR
  sock_fprog whole{sizeof(program) / sizeof(program[0]), program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return (bySeccomp ? syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole)
                    : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole)) == 0;
}

std::atomic<int> g_begun{0};
std::atomic<int> g_go{0};
std::atomic<int> g_finished{0};

// Ends without a word to anybody: pthread_join would need futex.
void* work(void*) {
  // From here on the block is in the thread's own cache: libc's lock would be a futex, if two wanted it.
  free(use(malloc(48)));
  g_begun.fetch_add(1);
  while (g_go.load() == 0) {
  }
  churn();
  g_finished.fetch_add(1);
  for (;;) pause();
}

void startThreads(int count) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  for (int i = 0; i < count; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work, nullptr) != 0) _exit(9);
    while (g_begun.load() <= i) {
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const char* way = arguments[1];
  g_rounds = atol(arguments[2]);
  growHeap();
  if (strcmp(way, "all-threads") == 0) startThreads(2);
  if (strcmp(way, "strict") == 0) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) return 3;
  } else if (strcmp(way, "strict-by-number") == 0) {
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, nullptr) != 0) return 3;
  } else if (strcmp(way, "no-counter") == 0) {
    if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) != 0) return 3;
  } else {
    const bool all = strcmp(way, "all-threads") == 0;
    if (!installFilter(strcmp(way, "filter") != 0, all ? SECCOMP_FILTER_FLAG_TSYNC : 0)) return 3;
  }
  if (strcmp(way, "new-threads") == 0) startThreads(2);
  say("ready\n");
  awaitWord();
  g_go.store(1);
  churn();
  while (g_finished.load() < g_begun.load()) {
  }
  leak();
  say("done\n");
  awaitWord();
  // The only way to end in strict mode.
  if (strncmp(way, "strict", 6) == 0) syscall(SYS_exit, 5);
  _exit(5);
}
