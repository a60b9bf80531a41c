// SPDX-License-Identifier: Apache-2.0
//
// C++ and Rust in one program, each with a tracing allocator of its own.
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/tracing.h>

#include <cstddef>

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Tracing<>){};

extern "C" void leak_in_rust(std::size_t count);

[[gnu::noinline]] static void leakInCpp() {
  for (int i = 0; i < 5; ++i) {
    int* volatile number = new int(i);
    static_cast<void>(number);
  }
}

int main() {
  leakInCpp();
  leak_in_rust(7);
}
