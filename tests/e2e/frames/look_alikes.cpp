// SPDX-License-Identifier: Apache-2.0
// A program whose own functions have names that look like an allocator's, or like heaptap's. Each allocates
// once, a size of its own.
#include <cstdlib>
#include <new>

namespace {

void keep(std::size_t size) {
  static void* volatile sink;
  sink = std::malloc(size);
}

struct Pool {};

}  // namespace

extern "C" {
void heaptap_cache_fill() { keep(7001); }
void __rust_alloc_table() { keep(7002); }  // NOLINT(bugprone-reserved-identifier)
void __rdl_cache() { keep(7003); }         // NOLINT(bugprone-reserved-identifier)
}

namespace heaptap::plugin {
void load() { keep(7004); }
}  // namespace heaptap::plugin

namespace heaptap {
struct Recorder {
  void record() { keep(7005); }
};
}  // namespace heaptap

namespace alloc::alloc {
void exchange() { keep(7006); }
}  // namespace alloc::alloc

namespace alloc::raw_vec {
void grow() { keep(7007); }
}  // namespace alloc::raw_vec

// A placement form: the program's own.
void* operator new(std::size_t size, Pool&) { return std::malloc(size); }
void operator delete(void* block, Pool&) noexcept { std::free(block); }

static void* reallocarray(Pool*, std::size_t size) { return std::malloc(size); }

#line 95 "/rustc/0123456789abcdef0123456789abcdef01234567/library/alloc/src/alloc.rs"
void inFileOfRust() { keep(7010); }
#line 12 "/usr/include/c++/12/bits/new_allocator.h"
void inFileOfTheLibrary() { keep(7011); }
#line 56 "look_alikes.cpp"

int main() {
  Pool pool;
  heaptap_cache_fill();
  __rust_alloc_table();
  __rdl_cache();
  heaptap::plugin::load();
  heaptap::Recorder().record();
  alloc::alloc::exchange();
  alloc::raw_vec::grow();
  static void* volatile sink = ::operator new(7008, pool);
  sink = reallocarray(&pool, 7009);
  inFileOfRust();
  inFileOfTheLibrary();
  return sink == nullptr;
}
