// SPDX-License-Identifier: Apache-2.0
// A program that has replaced two of the operators, as the standard allows; the library's others call those.
#include <stdlib.h>

#include <new>

#include "sink.h"

void* operator new(std::size_t size) {
  void* block = malloc(size + 16);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { free(block); }

int main() {
  for (int i = 0; i < 5; ++i) {
    operator delete(use(operator new(100)));
    operator delete[](use(operator new[](200)));
    operator delete(use(operator new(300, std::nothrow)), std::nothrow);
  }
}
