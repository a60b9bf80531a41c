// SPDX-License-Identifier: Apache-2.0
// What a function returns, and what it must preserve, while allocations are recorded: each entry point is
// called through a function of assembly that fills the registers which the ABI makes the callee preserve
// (System V AMD64 ABI, 3.2.1), and looks at them afterwards. Says "intact N", N calls.
#include <immintrin.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <new>

#include "sink.h"

// long callChecked(void* (*function)(long, long, long), long a, long b, long c, void** result): 0 when rbx,
// rbp, r12 to r15, the control words of x87 and SSE and the direction flag are what they were.
asm(R"(
  .text
  .globl callChecked
  .type callChecked, @function
callChecked:
  .cfi_startproc
  push %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  mov %rsp, %rbp
  .cfi_def_cfa_register %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  push %r8
  sub $48, %rsp
  mov %rbp, -88(%rbp)
  stmxcsr -72(%rbp)
  fnstcw -68(%rbp)
  mov %rdi, %rax
  mov %rsi, %rdi
  mov %rdx, %rsi
  mov %rcx, %rdx
  mov $0x1111111111111111, %rbx
  mov $0x2222222222222222, %r12
  mov $0x3333333333333333, %r13
  mov $0x4444444444444444, %r14
  mov $0x5555555555555555, %r15
  call *%rax
  mov -48(%rbp), %r8
  mov %rax, (%r8)
  mov $1, %eax
  mov $0x1111111111111111, %rcx
  cmp %rcx, %rbx
  jne 1f
  mov $0x2222222222222222, %rcx
  cmp %rcx, %r12
  jne 1f
  mov $0x3333333333333333, %rcx
  cmp %rcx, %r13
  jne 1f
  mov $0x4444444444444444, %rcx
  cmp %rcx, %r14
  jne 1f
  mov $0x5555555555555555, %rcx
  cmp %rcx, %r15
  jne 1f
  cmp -88(%rbp), %rbp
  jne 1f
  stmxcsr -64(%rbp)
  fnstcw -60(%rbp)
  mov -64(%rbp), %ecx
  cmp -72(%rbp), %ecx
  jne 1f
  mov -60(%rbp), %cx
  cmp -68(%rbp), %cx
  jne 1f
  pushf
  pop %rcx
  test $0x400, %ecx
  jnz 1f
  xor %eax, %eax
1:
  add $56, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  .cfi_def_cfa %rsp, 8
  ret
  .cfi_endproc
  .size callChecked, . - callChecked
)");
extern "C" long callChecked(void* function, long a, long b, long c, void** result);

namespace {

int g_calls = 0;

template <class Function>
void* checked(Function* function, long a = 0, long b = 0, long c = 0) {
  void* result = nullptr;
  if (callChecked(reinterpret_cast<void*>(function), a, b, c, &result) != 0) {
    printf("call %d changed a register\n", g_calls);
    exit(1);
  }
  ++g_calls;
  return result;
}

long word(void* block) { return reinterpret_cast<long>(block); }

void everyEntryPoint() {
  using Size = std::size_t;
  void* block = checked(malloc, 10);
  block = checked(realloc, word(block), 100'000);
  block = checked(reallocarray, word(block), 100, 7);
  checked(free, word(block));
  checked(free, word(checked(calloc, 3, 5)));
  checked(free, word(checked(aligned_alloc, 64, 128)));
  checked(free, word(checked(memalign, 256, 300)));
  checked(free, word(checked(valloc, 10)));
  checked(free, word(checked(pvalloc, 11)));
  void* place = nullptr;
  checked(posix_memalign, word(&place), 512, 1000);
  checked(free, word(place));
  checked(static_cast<void (*)(void*)>(operator delete),
          word(checked(static_cast<void* (*)(Size)>(operator new), 77)));
  checked(static_cast<void (*)(void*, Size)>(operator delete[]),
          word(checked(static_cast<void* (*)(Size)>(operator new[]), 78)), 78);
  checked(static_cast<void (*)(void*, Size, std::align_val_t)>(operator delete),
          word(checked(static_cast<void* (*)(Size, std::align_val_t)>(operator new), 79, 64)), 79, 64);
}

/// Frees when its function returns, after the result was made.
struct Freed {
  void* block = use(malloc(33));
  Freed() = default;
  Freed(const Freed&) = delete;
  Freed& operator=(const Freed&) = delete;
  ~Freed() { free(block); }
};

[[gnu::noinline]] unsigned __int128 wide(unsigned __int128 value) {
  const Freed freed;
  return value * 3;
}
[[gnu::noinline]] double real(double value) {
  const Freed freed;
  return value * 3;
}
[[gnu::noinline]] long double extended(long double value) {
  const Freed freed;
  return value * 3;
}
struct Pair {
  long integer;
  double real;
};
[[gnu::noinline]] Pair both(long integer, double value) {
  const Freed freed;
  return {integer * 3, value * 3};
}
[[gnu::noinline]] __m128i vector(__m128i value) {
  const Freed freed;
  return _mm_add_epi64(value, value);
}

bool resultsAreIntact() {
  const auto large = static_cast<unsigned __int128>(1) << 100 | 5;
  const Pair pair = both(7, 0.5);
  alignas(16) long words[2];
  _mm_store_si128(reinterpret_cast<__m128i*>(words), vector(_mm_set_epi64x(21, 43)));
  return wide(large) == large * 3 && real(1.25) == 3.75 && extended(1.25L) == 3.75L && pair.integer == 21 &&
         pair.real == 1.5 && words[0] == 86 && words[1] == 42;
}

}  // namespace

int main() {
  for (int round = 0; round < 100; ++round) {
    everyEntryPoint();
    if (!resultsAreIntact()) return puts("a result changed"), 1;
  }
  printf("intact %d\n", g_calls);
}
