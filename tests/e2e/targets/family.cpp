// SPDX-License-Identifier: Apache-2.0
// A process whose forked child frees blocks that it has inherited and leaves some of its own, and which has a
// second child that becomes another program. Marks say where they are. `wait`: it waits for a line before it
// ends.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "agent/include/heaptap.h"
#include "sink.h"

namespace {

constexpr int kBlocks = 10;
void* g_blocks[kBlocks];

void keepInParent() {
  for (void*& block : g_blocks) block = use(malloc(1000));
}
void keepInChild() {
  for (int i = 0; i < 3; ++i) use(malloc(5000));
}
void keepInBoth() { use(malloc(300)); }
void keepLater() { use(malloc(1400)); }

void waitFor(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
}

}  // namespace

int main(int argc, char** argv) {
  keepInParent();
  heaptap_mark("before");
  int ready[2];
  if (pipe(ready) != 0) return 1;
  const pid_t child = fork();
  keepInBoth();
  char byte = 0;
  if (child == 0) {
    if (read(ready[0], &byte, 1) != 1) _exit(1);
    for (int i = 0; i < 4; ++i) free(g_blocks[i]);
    keepInChild();
    heaptap_mark("in the child");
    _exit(0);
  }
  if (write(ready[1], &byte, 1) != 1) return 1;
  waitFor(child);
  const pid_t second = fork();
  if (second == 0) {
    use(malloc(9000));
    if (argc > 1) execl(argv[1], argv[1], nullptr);
    _exit(1);
  }
  waitFor(second);
  puts("waiting");
  fflush(stdout);
  getchar();
  keepLater();
  heaptap_mark("after");
  return 0;
}
