// SPDX-License-Identifier: Apache-2.0
// Fibers that are entered by code without unwind information, with anything at all in the frame pointer:
// their stacks end where a page may not be read, where nothing is mapped, or where a file has no more bytes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <initializer_list>

#include "sink.h"

extern "C" {
void* g_mainStack;
void enterFiber(void* sp, uint64_t framePointer, void (*run)());
void leaveFiber();
}

// No .cfi directives: there is no FDE for these.
asm(R"(
  .text
  .globl enterFiber
  .type enterFiber, @function
enterFiber:
  push %rbx
  push %rbp
  push %r12
  push %r13
  push %r14
  push %r15
  mov g_mainStack@GOTPCREL(%rip), %rax
  mov %rsp, (%rax)
  mov %rdi, %rsp
  mov %rsi, %rbp
  call *%rdx
  .globl leaveFiber
leaveFiber:
  mov g_mainStack@GOTPCREL(%rip), %rax
  mov (%rax), %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbp
  pop %rbx
  ret
  .size enterFiber, .-enterFiber
)");

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kStack = 16 * kPage;

void inFiber() {
  for (int i = 0; i < 5; ++i) use(malloc(32));
  leaveFiber();
}

int g_ways = 0;

void runAt(char* top) {
  const auto end = reinterpret_cast<uint64_t>(top);
  const auto here = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  const uint64_t pointers[] = {0,
                               1,
                               0x4141414141414141,
                               end,
                               end + kPage,
                               end - 8,
                               end - 16,
                               end + 64 * kPage,
                               here,
                               end - kStack,
                               end + 0x800,
                               0x7fffffffffff,
                               ~uint64_t{0},
                               end + kPage - 8};
  for (const uint64_t pointer : pointers)
    for (const size_t below : {size_t{0}, size_t{16}}) {
      enterFiber(top - below, pointer, inFiber);
      ++g_ways;
    }
}

char* room(size_t bytes) {
  return static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

}  // namespace

int main() {
  char* const closed = room(kStack + kPage);
  mprotect(closed + kStack, kPage, PROT_NONE);
  runAt(closed + kStack);

  char* const gone = room(kStack + kPage);
  munmap(gone + kStack, kPage);
  runAt(gone + kStack);

  FILE* const file = tmpfile();
  char* const cut = room(kStack + kPage);
  mmap(cut + kStack, kPage, PROT_READ, MAP_PRIVATE | MAP_FIXED, fileno(file), 0);
  runAt(cut + kStack);

  // Another fiber, shorter by a page, at the place of one that is no more.
  char* const again = room(kStack + kPage);
  runAt(again + kStack);
  mprotect(again + kStack - kPage, kPage, PROT_NONE);
  runAt(again + kStack - kPage);
  printf("%d ways\n", g_ways);
}
