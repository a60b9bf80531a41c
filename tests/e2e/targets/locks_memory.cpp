// SPDX-License-Identifier: Apache-2.0
// Locks its memory as real-time programs do, then allocates in threads.
//   locks_memory WAY [MEMLOCK-KIB]   WAY: current, future, both, onfault, number, fork, twice, again
// With a limit it goes on as another user, whom the limit binds: KIB beyond what the process has mapped so
// far without heaptap, which is told by the caller.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "sink.h"

namespace {

void keeps(int count) {
  for (int i = 0; i < count; ++i) use(malloc(30));
}

void* inThread(void* ignored) {
  keeps(1000);
  return ignored;
}

// NOLINTNEXTLINE(misc-no-recursion)
int deep(int depth) {
  if (depth > 0) return deep(depth - 1) + 1;
  use(malloc(10));
  return 0;
}

void tellStatus(const char* key) {
  char line[256];
  FILE* const file = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, file) != nullptr)
    if (strncmp(line, key, strlen(key)) == 0) printf("%s", line);
  fclose(file);
}

int lock(const std::string& way) {
  if (way == "current") return mlockall(MCL_CURRENT);
  if (way == "future") return mlockall(MCL_FUTURE);
  if (way == "onfault") return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
  if (way == "number") return static_cast<int>(syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE));
  if (way == "wrong") return mlockall(64);
  if (way == "twice") mlockall(MCL_FUTURE);
  if (way == "again") {
    mlockall(MCL_CURRENT | MCL_FUTURE);
    munlockall();
  }
  return mlockall(MCL_CURRENT | MCL_FUTURE);
}

// One thread after the other, so that each gets the arena of the one before.
int useMemory() {
  int failed = 0;
  for (int i = 0; i < 3; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, inThread, nullptr) == 0)
      pthread_join(thread, nullptr);
    else
      ++failed;
  }
  deep(2000);
  void* const big = malloc(1 << 20);
  use(big);
  printf("threads failed %d, big %d\n", failed, big != nullptr ? 1 : 0);
  for (const char* key : {"VmLck", "VmRSS"}) tellStatus(key);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  setvbuf(stdout, nullptr, _IOLBF, 1 << 12);
  if (argc > 2) {
    const rlim_t bytes = strtoull(argv[2], nullptr, 10) * 1024;
    const rlimit limit{bytes, bytes};
    if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || setresuid(65534, 65534, 65534) != 0) return 9;
  }
  keeps(100);
  errno = 0;
  const int result = lock(argv[1]);
  printf("locked %d %d\n", result, errno);
  if (strcmp(argv[1], "fork") != 0) return useMemory();
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(useMemory());
  int status = 0;
  waitpid(child, &status, 0);
  return useMemory() + status;
}
