// SPDX-License-Identifier: Apache-2.0
//
// Allocates what can be counted, through a tracing global allocator: by operators and by Heap, in two threads
// and a forked child, grown, zeroed, aligned to pages, leaked.
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/tracing.h>
#include <sys/wait.h>

#include <array>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/e2e/linked/counted.h"

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Tracing<Counted>){};

namespace {

using heaptap::Heap;
using heaptap::Layout;

template <class T>
T* kept(T* block) {
  asm volatile("" : "+r"(block));
  return block;
}

struct alignas(4096) Page {
  char bytes[4096];
};

[[gnu::noinline]] void leakTen() {
  for (int i = 0; i < 10; ++i) kept(new char[100]);
}

[[gnu::noinline]] void leakAPage() { kept(new Page); }

[[gnu::noinline]] void leakZeros() { kept(Heap().allocZeroed(*Layout::array<long>(1000))); }

[[gnu::noinline]] void grow() {
  std::vector<int> numbers;
  for (int i = 0; i < 1000; ++i) numbers.push_back(*kept(&i));
}

[[gnu::noinline]] void growInHeap() {
  Layout layout = Layout::of<long>();
  void* block = Heap().alloc(layout);
  for (std::size_t size = 16; size <= 4096; size *= 2) {
    block = kept(Heap().realloc(block, layout, size));
    layout = Layout::fromUnchecked(size, layout.align());
  }
}

[[gnu::noinline]] void churn() {
  for (int i = 0; i < 50; ++i) delete[] kept(new long[8]);
}

[[gnu::noinline]] void churnDirectly() {
  for (int i = 0; i < 5; ++i)
    ALLOCATOR.dealloc(kept(ALLOCATOR.alloc(Layout::of<Page>())), Layout::of<Page>());
}

/// Each frees what another has grown, all at once.
[[gnu::noinline]] void growInThreads() {
  constexpr int kThreads = 4;
  std::array<std::vector<std::vector<long>>, kThreads> grown;
  std::vector<std::thread> threads;
  for (auto& mine : grown)
    threads.emplace_back([&mine] {
      for (int i = 1; i <= 200; ++i) mine.emplace_back(static_cast<std::size_t>(i));
    });
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  for (auto& mine : grown) threads.emplace_back([&mine] { mine.clear(); });
  for (std::thread& thread : threads) thread.join();
}

void inAChild() {
  const pid_t child = fork();
  if (child == 0) {
    leakTen();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
}

}  // namespace

int main(int argc, char** argv) {
  leakTen();
  leakAPage();
  leakZeros();
  grow();
  growInHeap();
  churn();
  churnDirectly();
  std::thread(grow).join();
  growInThreads();
  if (argc > 1 && std::string_view(argv[1]) == "fork") inAChild();
  ALLOCATOR.inner().finish();
}
