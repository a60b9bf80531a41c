// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

namespace heaptap::capture::arch {

/// clone(2) with a stack of its own: the new process runs `body(argument)` and ends with its result. Made by
/// hand, as libc does not learn of it: nothing that libc keeps for forked children is touched.
/// Units:   `stackTop` is the end of the stack, a multiple of 16.
/// Errors:  the kernel's negative errno, in the caller.
inline long cloneProcess(long flags, void* stackTop, int (*body)(void*), void* argument) {
  long result;
  register long r10 asm("r10") = 0;
  register long r8 asm("r8") = 0;
  register auto function asm("r12") = body;
  register void* parameter asm("r13") = argument;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 0f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "movq %%r13, %%rdi\n\t"
      "callq *%%r12\n\t"
      "movl %%eax, %%edi\n\t"
      "movl %[exit], %%eax\n\t"
      "syscall\n\t"
      "0:\n\t"
      : "=a"(result)
      : "a"(SYS_clone), "D"(flags), "S"(stackTop), "d"(0), "r"(r10), "r"(r8), "r"(function),
        "r"(parameter), [exit] "i"(SYS_exit_group)
      : "rcx", "r11", "memory");
  return result;
}

}  // namespace heaptap::capture::arch
