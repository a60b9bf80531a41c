// SPDX-License-Identifier: Apache-2.0
// many_children N: has N children at a time, each of which allocates ten blocks and keeps them until all have.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink.h"

namespace {

void keptByAChild() {
  for (int i = 0; i < 10; ++i) use(malloc(40));
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? atoi(argv[1]) : 1;
  int done[2];
  int end[2];
  if (pipe(done) != 0 || pipe(end) != 0) return 9;
  char byte = 0;
  for (int i = 0; i < count; ++i) {
    if (fork() != 0) continue;
    close(end[1]);
    keptByAChild();
    if (write(done[1], &byte, 1) != 1) _exit(9);
    _exit(read(end[0], &byte, 1) == 0 ? 0 : 9);
  }
  for (int i = 0; i < count; ++i)
    if (read(done[0], &byte, 1) != 1) return 9;
  close(end[1]);
  int status = 0;
  while (wait(&status) > 0)
    if (status != 0) return 8;
  return 0;
}
