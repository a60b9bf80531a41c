// SPDX-License-Identifier: Apache-2.0
// Does one thing with heaps beside malloc's, as its argument says. Nothing that it maps is written to.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "agent/include/heaptap.h"

namespace {

constexpr size_t kPage = 4096;
constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;

char* mapPages(size_t pages) {
  return static_cast<char*>(mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, kPrivate, -1, 0));
}
char* keepMapping(size_t pages) { return mapPages(pages); }

// 2 + 4 pages remain of 8.
void unmapThePart() {
  char* const pages = keepMapping(8);
  munmap(pages + 2 * kPage, 2 * kPage);
}
// A reservation, parts of which are used: 1 + 2 + 1 pages.
void mapOver() {
  char* const pages = mapPages(4);
  mprotect(pages, kPage, PROT_NONE);
  mmap(pages + kPage, 2 * kPage, PROT_READ, kPrivate | MAP_FIXED, -1, 0);
}
// Grows from one page to 512, cannot shrink to nothing, and ends with 3.
void* moveAround() {
  void* pages = mapPages(1);
  pages = mremap(pages, kPage, 512 * kPage, MREMAP_MAYMOVE);
  if (mremap(pages, 512 * kPage, 0, 0) != MAP_FAILED) _exit(3);
  errno = EDOM;
  pages = mremap(pages, 512 * kPage, 3 * kPage, 0);
  if (errno != EDOM) _exit(4);
  return pages;
}
void callTheKernel() {
  const long at = syscall(SYS_mmap, 0, 5 * kPage - 100, PROT_READ, kPrivate, -1, 0);
  syscall(SYS_munmap, at, kPage);
}
// 100 - 40 bytes.
void moveTheBreak() {
  if (sbrk(100) == reinterpret_cast<void*>(-1)) _exit(5);
  sbrk(-40);
}
void refused() {
  if (munmap(reinterpret_cast<void*>(1), kPage) == 0) _exit(6);
  if (mmap(nullptr, 0, PROT_READ, kPrivate, -1, 0) != MAP_FAILED) _exit(7);
}

int mappings() {
  unmapThePart();
  mapOver();
  moveAround();
  callTheKernel();
  moveTheBreak();
  refused();
  munmap(mapPages(64), 64 * kPage);  // The peak.
  return 0;
}

// ---- named heaps -----------------------------------------------------------------------------------

char g_pool[1 << 16];

void* takeBlock(heaptap_heap heap, size_t at, size_t size) {
  void* const block = g_pool + at;
  heaptap_allocated(heap, block, size);  // line: taken
  return block;
}
void giveBlock(heaptap_heap heap, void* block) { heaptap_freed(heap, block); }

// What heapprofd's AccurateCustomReportAllocation does: 40 bytes stay, 25 of 65 go.
int pool() {
  const heaptap_heap heap = heaptap_register_heap("test");
  if (heap != heaptap_register_heap("test")) return 3;
  takeBlock(heap, 0, 40);
  giveBlock(heap, takeBlock(heap, 100, 25));
  const heaptap::NamedHeap other("other");
  other.allocated(g_pool, 7);  // The same address is another block.
  return 0;
}

// Its peak is in the middle: 10 + 300.
int poolPeak() {
  const heaptap_heap heap = heaptap_register_heap("test");
  takeBlock(heap, 0, 10);
  giveBlock(heap, takeBlock(heap, 1000, 300));
  takeBlock(heap, 2000, 20);
  return 0;
}

int wrongFrees() {
  const heaptap_heap heap = heaptap_register_heap("test");
  void* const block = takeBlock(heap, 0, 40);
  giveBlock(heap, block);
  giveBlock(heap, block);
  giveBlock(heap, g_pool + 5000);
  return 0;
}

// An é as Latin-1 has it, in the names of a thread, a heap and a mark.
int oddNames() {
  std::thread([] {
    (void)pthread_setname_np(pthread_self(), "thr\xE9\"ad");
    const heaptap_heap heap = heaptap_register_heap("h\xE9" "ap");
    void* const block = takeBlock(heap, 0, 40);
    giveBlock(heap, block);
    giveBlock(heap, block);
    takeBlock(heap, 100, 7);
    heaptap_mark("m\xE9" "rk");
  }).join();
  return 0;
}

int threads() {
  constexpr int kThreads = 8;
  constexpr int kRounds = 2000;
  std::vector<std::thread> all;
  for (int i = 0; i < kThreads; ++i)
    all.emplace_back([i] {
      const heaptap_heap heap = heaptap_register_heap("shared");
      for (int round = 0; round < kRounds; ++round)
        giveBlock(heap, takeBlock(heap, static_cast<size_t>(i) * 64, 16));
    });
  for (std::thread& thread : all) thread.join();
  return 0;
}

int inAChild() {
  const heaptap_heap heap = heaptap_register_heap("test");
  void* const block = takeBlock(heap, 0, 40);
  char* const pages = mapPages(4);
  const pid_t child = fork();
  if (child == 0) {
    giveBlock(heap, block);
    munmap(pages, kPage);
    takeBlock(heap, 0, 25);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* const what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "mappings") == 0) return mappings();
  if (strcmp(what, "pool") == 0) return pool();
  if (strcmp(what, "peak") == 0) return poolPeak();
  if (strcmp(what, "wrong") == 0) return wrongFrees();
  if (strcmp(what, "threads") == 0) return threads();
  if (strcmp(what, "odd") == 0) return oddNames();
  if (strcmp(what, "child") == 0) return inAChild();
  return 2;
}
