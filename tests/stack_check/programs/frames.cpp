// SPDX-License-Identifier: Apache-2.0
// Frames of every form, in random call trees, deep recursion, and left by exceptions and by longjmp.
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <random>
#include <stdexcept>

#include "tests/e2e/targets/sink.h"

namespace {

void allocate() { free(use(malloc(24))); }

template <class T>
void keep(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

class Tree {
 public:
  explicit Tree(unsigned seed) : m_random(seed) {}

  void visit(unsigned depth) {
    allocate();
    if (depth == 0) return;
    for (auto calls = m_random() % 3 + (depth % 3 == 0 ? 1 : 0); calls > 0; --calls) {
      switch (m_random() % 7) {
        case 0: plain(depth - 1); break;
        case 1: variable(depth - 1); break;
        case 2: realigned(depth - 1); break;
        case 3: realignedAndVariable(depth - 1); break;
        case 4: stale(depth - 1); break;
        case 5: throwing(depth - 1); break;
        default: m_sum += manyLive(depth - 1, m_sum, depth, 3); break;
      }
    }
  }

 private:
  [[gnu::noinline]] void plain(unsigned depth) {
    visit(depth);
    allocate();
  }
  [[gnu::noinline]] void variable(unsigned depth) {
    auto* bytes = static_cast<volatile char*>(alloca(m_random() % 300 + 1));
    bytes[0] = 1;
    visit(depth);
    bytes[0] = 2;
  }
  [[gnu::noinline]] void realigned(unsigned depth) {
    alignas(128) char buffer[256];
    memset(buffer, 1, sizeof buffer);
    keep(buffer);
    visit(depth);
    keep(buffer);
  }
  // Both together: the compiler needs one more register for the incoming arguments (DRAP).
  [[gnu::noinline]] void realignedAndVariable(unsigned depth) {
    alignas(64) char buffer[128];
    memset(buffer, 1, sizeof buffer);
    keep(buffer);
    auto* bytes = static_cast<volatile char*>(alloca(m_random() % 60 + 1));
    bytes[0] = 1;
    visit(depth);
    keep(buffer);
    bytes[0] = 2;
  }
  // Holds return addresses of earlier, deeper calls in a buffer that has not been written to.
  [[gnu::noinline]] void stale(unsigned depth) {
    char uninitialised[3000];
    asm volatile("" : : "r"(uninitialised) : "memory");
    allocate();
    visit(depth);
    asm volatile("" : : "r"(uninitialised) : "memory");
  }
  [[gnu::noinline]] unsigned manyLive(unsigned depth, unsigned a, unsigned b, unsigned c) {
    const unsigned d = a * b + c;
    visit(depth);
    allocate();
    return a + b + c + d;
  }
  struct Cleanup {
    ~Cleanup() { allocate(); }
  };
  [[gnu::noinline]] void throwDown(unsigned frames) {
    const Cleanup cleanup;
    if (frames == 0) throw std::runtime_error("thrown");
    throwDown(frames - 1);
    keep(cleanup);
  }
  [[gnu::noinline]] void throwing(unsigned depth) {
    try {
      try {
        throwDown(m_random() % 5);
      } catch (const std::exception&) {
        allocate();
        throw;
      }
    } catch (const std::exception&) {
      visit(depth);
    }
  }

  std::mt19937 m_random;
  unsigned m_sum = 1;
};

// Frames of the same size all the way, called from here or from there as `choices` says: the stack pointers
// of one stack are those of every other.
[[gnu::noinline]] void twoWays(unsigned depth, unsigned choices) {
  if (depth == 0) {
    allocate();
  } else if (choices % 2 == 0) {
    twoWays(depth - 1, choices / 2);
    asm volatile("# here");
  } else {
    twoWays(depth - 1, choices / 2);
    asm volatile("# there");
  }
}

[[gnu::noinline]] unsigned descend(unsigned depth) {
  if (depth == 0) {
    allocate();
    return 0;
  }
  const unsigned below = descend(depth - 1);
  // On the way back up, where most of the stack is as it was.
  if (depth % 5000 == 0 || depth < 4) allocate();
  return below + 1;
}

jmp_buf g_back;

// The call is the last instruction: its return address belongs to the next function.
[[noreturn, gnu::noinline]] void leaveByJump() {
  allocate();
  longjmp(g_back, 1);
}
[[gnu::noinline]] void jumpFrom(unsigned frames) {
  char room[100];
  keep(room);
  allocate();
  if (frames == 0) leaveByJump();
  jumpFrom(frames - 1);
  keep(room);
}
[[gnu::noinline]] void jump(volatile unsigned& jumps) {
  while (jumps < 200) {
    if (setjmp(g_back) == 0) {
      jumpFrom(jumps % 40);
    } else {
      jumps = jumps + 1;
      allocate();
    }
  }
}

int compareAndAllocate(const void* a, const void* b) {
  allocate();
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

}  // namespace

// Functions without unwind information: one keeps a frame pointer, one does not.
asm("  .text\n"
    "  .type keepsFramePointer, @function\n"
    "keepsFramePointer:\n"
    "  push %rbp\n"
    "  mov %rsp, %rbp\n"
    "  call *%rdi\n"
    "  pop %rbp\n"
    "  ret\n"
    "  .size keepsFramePointer, . - keepsFramePointer\n"
    "  .type keepsNothing, @function\n"
    "keepsNothing:\n"
    "  sub $8, %rsp\n"
    "  call *%rdi\n"
    "  add $8, %rsp\n"
    "  ret\n"
    "  .size keepsNothing, . - keepsNothing\n");
extern "C" void keepsFramePointer(void (*call)());
extern "C" void keepsNothing(void (*call)());

// In C, see variable_array.c.
extern "C" void variableArray(unsigned elements, void (*call)());

int main(int argc, char** argv) {
  const unsigned seeds = argc > 1 ? static_cast<unsigned>(atoi(argv[1])) : 100;
  for (unsigned seed = 0; seed < seeds; ++seed) Tree(seed).visit(13);
  for (unsigned i = 0; i < 1024; ++i) twoWays(10, i * 619 % 1024);
  for (unsigned elements = 1; elements < 200; ++elements) variableArray(elements, allocate);
  for (const unsigned depth : {10U, 1500U, 1501U, 1499U, 12'000U, 40'000U})
    if (descend(depth) != depth) return 1;
  volatile unsigned jumps = 0;
  jump(jumps);
  for (int i = 0; i < 10; ++i) {
    keepsFramePointer(allocate);
    keepsNothing(allocate);
  }
  int numbers[200];
  for (int i = 0; i < 200; ++i) numbers[i] = i * 7919 % 200;
  qsort(numbers, 200, sizeof numbers[0], compareAndAllocate);
  puts("done");
}
