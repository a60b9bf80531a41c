// SPDX-License-Identifier: Apache-2.0
// The parent leaks 5 blocks of 1000 bytes; its forked child allocates 100 of its own and frees what it
// inherited, which does not count in the parent's numbers. With an argument the child does nothing.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink.h"

int main(int argc, char**) {
  void* blocks[5];
  for (void*& block : blocks) block = use(malloc(1000));
  const pid_t child = fork();
  if (child == 0) {
    if (argc > 1) _exit(0);
    for (int i = 0; i < 100; ++i) use(malloc(3000));
    for (void* block : blocks) free(block);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}
