// SPDX-License-Identifier: Apache-2.0
//
// A program with a global allocator that is used from the first instant to the last, by many threads and by a
// child. whole_life_test.cpp runs it. Prints how many blocks the allocator has seen; its status says what is
// wrong.
#include <heaptap/alloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/agent/alloc/recording_allocator.h"

#ifdef ROUTE_MALLOC
#include <heaptap/alloc/malloc_family.h>
using Base = heaptap::RawSystem;
#else
using Base = heaptap::System;
#endif

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::NeverDestroyed<heaptap::test::RecordingAllocator<Base>>){};
#ifdef ROUTE_MALLOC
HEAPTAP_ROUTE_MALLOC(ALLOCATOR);
#endif

namespace {

/// Ends the process at once, whatever state it is in.
void require(bool condition, const char* what) {
  if (condition) return;
  [[maybe_unused]] const auto written = ::write(2, what, std::strlen(what));
  ::_exit(1);
}

const auto& recorded() { return ALLOCATOR.inner(); }

/// Whether somebody else, a sanitizer or valgrind, has taken the place of our operators: Heap is still ours.
bool g_operatorsAreTaken;

/// Before every constructor of this program, with no other priority than the check's own.
[[gnu::constructor(101)]] void atTheBeginning() {
  const std::size_t before = recorded().allocations;
  delete new std::string(100, 'x');
  const heaptap::Layout layout = heaptap::Layout::of<int>();
  heaptap::dealloc(heaptap::alloc(layout), layout);
  const std::size_t blocks = recorded().allocations - before;
  g_operatorsAreTaken = blocks == 1;
  require(blocks == 3 || blocks == 1, "not yet there at the beginning\n");
}

/// Destroyed after everything in main and in the standard library.
struct Last {
  std::string* text = new std::string(200, 'y');
  ~Last() {
    const std::size_t live = recorded().live;
    delete text;
    require(g_operatorsAreTaken || recorded().live == live - 2, "no longer there at the end\n");
  }
};
[[gnu::init_priority(102)]] Last g_last;

void useTheHeap(std::size_t seed) {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::size_t size = 1 + (i * 2654435761U + seed) % 3000;
    blocks.push_back(std::make_unique<char[]>(size));
    std::memset(blocks.back().get(), static_cast<int>(i), size);
    if (i % 3 == 0) blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i % blocks.size()));
  }
}

void useThreads() {
  [[maybe_unused]] const std::size_t live = recorded().live;
  {
    std::array<std::thread, 16> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) threads[i] = std::thread(useTheHeap, i);
    for (auto& thread : threads) thread.join();
  }
#ifndef ROUTE_MALLOC  // libc keeps blocks of threads that have ended.
  require(recorded().live == live, "threads lost or won blocks\n");
#endif
}

void useAChild() {
  // While other threads are in the allocator.
  std::atomic<bool> ends{false};
  std::thread busy([&] {
    while (!ends) useTheHeap(7);
  });
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    require(child >= 0, "fork\n");
    if (child == 0) {
      useTheHeap(8);
      _exit(0);
    }
    int status = -1;
    require(waitpid(child, &status, 0) == child && status == 0, "the child could not use its heap\n");
  }
  ends = true;
  busy.join();
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "threads") useThreads();
  if (what == "fork") useAChild();
  if (what == "overrun") {
    volatile std::size_t behind = 10;
    char* const block = new char[10];
    block[behind] = 1;
    delete[] block;
  }
  useTheHeap(1);
  std::printf("%zu\n", recorded().allocations.load());
}
