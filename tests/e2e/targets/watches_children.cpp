// SPDX-License-Identifier: Apache-2.0
// Run without the library, as `watches_children LIBRARY [subreaper]`, it prepares a process that looks
// closely at what happens to it and executes itself with the library preloaded. Then it prints `unharmed
// INODE`, or what it has seen; INODE is that of a pipe which only this process may hold.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink.h"

namespace {

constexpr int kPipe = 77;

int prepare(char** arguments) {
  close_range(STDERR_FILENO + 1, ~0U, 0);  // What the test may have left open.
  int ends[2];
  if (pipe(ends) != 0 || dup2(ends[1], kPipe) < 0) return 1;
  close(ends[0]);
  close(ends[1]);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);  // One that comes before main stays pending.
  sigaddset(&blocked, SIGUSR2);
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  signal(SIGHUP, SIG_IGN);
  if (arguments[2] != nullptr) prctl(PR_SET_CHILD_SUBREAPER, 1);
  setenv("LD_PRELOAD", arguments[1], 1);
  execl("/proc/self/exe", arguments[0], static_cast<char*>(nullptr));
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) return prepare(arguments);
  for (int i = 0; i < 7; ++i) use(malloc(700));
  sigset_t pending;
  sigpending(&pending);
  if (sigismember(&pending, SIGCHLD) == 1) return puts("SIGCHLD came"), 1;
  if (waitpid(-1, nullptr, WNOHANG | __WALL) != -1 || errno != ECHILD) return puts("there is a child"), 1;
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  if (sigismember(&blocked, SIGUSR2) != 1 || sigismember(&blocked, SIGUSR1) != 0)
    return puts("the signal mask changed"), 1;
  for (int descriptor = STDERR_FILENO + 1; descriptor < 1024; ++descriptor)
    if (descriptor != kPipe && fcntl(descriptor, F_GETFD) != -1)
      return printf("descriptor %d is open\n", descriptor), 1;
  struct stat status;
  fstat(kPipe, &status);
  printf("unharmed %lu\n", static_cast<unsigned long>(status.st_ino));
  return 0;
}
