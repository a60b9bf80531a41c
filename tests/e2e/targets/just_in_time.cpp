// SPDX-License-Identifier: Apache-2.0
// Code that a program has made itself, in memory of no file and without unwind information: it calls back,
// and it is interrupted. Both allocate.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sink.h"

namespace {

void calledBack() { use(malloc(601)); }
void interruptedBy(int) { use(malloc(602)); }

// push rbp; mov rbp, rsp; int3; call rdi; pop rbp; ret
constexpr unsigned char kCode[] = {0x55, 0x48, 0x89, 0xe5, 0xcc, 0xff, 0xd7, 0x5d, 0xc3};

void runMadeCode() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) exit(77);
  memcpy(page, kCode, sizeof kCode);
  reinterpret_cast<void (*)(void (*)())>(page)(calledBack);
  // Others may come to lie there.
  munmap(page, 4096);
}

}  // namespace

int main() {
  signal(SIGTRAP, interruptedBy);
  for (int i = 0; i < 10; ++i) runMadeCode();
}
