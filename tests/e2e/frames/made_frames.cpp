// SPDX-License-Identifier: Apache-2.0
// Code that the program has made itself, in memory of no file, whose frame pointer holds: nothing of use,
// zero, or a link to other made code. It calls back, and what it calls allocates.
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace {

using Callback = void (*)(long);
using Made = void (*)(Callback, long);

void keep(std::size_t size) {
  static void* volatile sink;
  sink = std::malloc(size);
}

// push rbp; sub rsp, 16; mov rax, rdi; mov rdi, rsi; …
constexpr unsigned char kBegin[] = {0x55, 0x48, 0x81, 0xec, 0x10, 0x00, 0x00,
                                    0x00, 0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7};
// … mov rbp, 0x1234567
constexpr unsigned char kGarbage[] = {0x48, 0xc7, 0xc5, 0x67, 0x45, 0x23, 0x01};
// … xor ebp, ebp
constexpr unsigned char kZero[] = {0x31, 0xed};
// … lea rbp, [rsp + 16]
constexpr unsigned char kLink[] = {0x48, 0x8d, 0xac, 0x24, 0x10, 0x00, 0x00, 0x00};
// … call rax; add rsp, 16; pop rbp; ret
constexpr unsigned char kEnd[] = {0xff, 0xd0, 0x48, 0x81, 0xc4, 0x10, 0x00, 0x00, 0x00, 0x5d, 0xc3};

unsigned char* g_page = nullptr;

template <std::size_t N>
Made make(const unsigned char (&middle)[N]) {
  unsigned char* const begin = g_page;
  const auto add = [](const unsigned char* bytes, std::size_t count) {
    std::memcpy(g_page, bytes, count);
    g_page += count;
  };
  add(kBegin, sizeof kBegin);
  add(middle, N);
  add(kEnd, sizeof kEnd);
  return reinterpret_cast<Made>(begin);
}

Made g_garbage, g_zero, g_link;

void allocates(long size) { keep(static_cast<std::size_t>(size)); }

void allocatesOne(long) { keep(9003); }

// Made code that calls made code.
void throughTwo(long size) { g_garbage(allocates, size); }

void descend(long depth) {
  if (depth == 0) {
    keep(9100);
  } else {
    g_garbage(descend, depth - 1);
  }
}

void runGarbage() { g_garbage(allocates, 9001); }
void runZero() { g_zero(allocates, 9002); }
void runLinks() {
  // Both are made code: the inner one's frame pointer leads to the outer one only.
  g_link(reinterpret_cast<Callback>(g_link), reinterpret_cast<long>(allocatesOne));
}
void runTwo() { g_link(throughTwo, 9004); }

}  // namespace

int main() {
  void* const page =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return 77;
  g_page = static_cast<unsigned char*>(page);
  g_garbage = make(kGarbage);
  g_zero = make(kZero);
  g_link = make(kLink);
  for (int i = 0; i < 3; ++i) {
    runGarbage();
    runZero();
    runLinks();
    runTwo();
    descend(10);
  }
}
