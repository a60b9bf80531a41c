// SPDX-License-Identifier: Apache-2.0
//
// Breaks the contracts of its allocators in ways that malloc forgives: each is a finding.
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/tracing.h>

#include <cstdlib>
#include <string_view>

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Tracing<>){};

namespace {

using heaptap::Heap;
using heaptap::Layout;

template <class T>
T* kept(T* block) {
  asm volatile("" : "+r"(block));
  return block;
}

[[gnu::noinline]] void freeAsSmaller() {
  Heap().dealloc(kept(Heap().alloc(Layout::fromUnchecked(64, 8))), Layout::fromUnchecked(63, 8));
}

[[gnu::noinline]] void freeAsLessAligned() {
  Heap().dealloc(kept(Heap().alloc(Layout::fromUnchecked(256, 64))), Layout::fromUnchecked(256, 16));
}

[[gnu::noinline]] void growAsLarger() {
  void* const block = kept(Heap().alloc(Layout::fromUnchecked(40, 8)));
  void* const grown = kept(Heap().realloc(block, Layout::fromUnchecked(48, 8), 80));
  Heap().dealloc(grown, Layout::fromUnchecked(80, 8));
}

[[gnu::noinline]] void deleteAnArray() {
  int* const array = kept(new int[10]);
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
  delete array;
}

[[gnu::noinline]] void deleteAHeapBlock() {
  operator delete(kept(Heap().alloc(Layout::fromUnchecked(32, 8))));
}

[[gnu::noinline]] void freeByMalloc() { std::free(kept(Heap().alloc(Layout::fromUnchecked(24, 8)))); }

}  // namespace

int main(int argc, char** argv) {
  freeAsSmaller();
  freeAsLessAligned();
  growAsLarger();
  deleteAnArray();
  deleteAHeapBlock();
  if (argc > 1 && std::string_view(argv[1]) == "free") freeByMalloc();
}
