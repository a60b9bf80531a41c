// SPDX-License-Identifier: Apache-2.0
#pragma once

/// System calls without libc: errno is never touched, nothing is a cancellation point, and no other
/// library's wrapper gets in between. The result is the kernel's: negative errno on failure.
namespace heaptap::capture::arch {

inline long systemCall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

}  // namespace heaptap::capture::arch
