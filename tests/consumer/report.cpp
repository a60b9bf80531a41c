// SPDX-License-Identifier: Apache-2.0
#include <heaptap/alloc.h>

#include <cstdio>
#include <string>

/// A library's view: it uses Heap and new, and does not know whose they are.
void report(const char* who) {
  constexpr heaptap::Layout kLayout = heaptap::Layout::fromUnchecked(100, 64);
  void* const block = heaptap::allocZeroed(kLayout);
  const std::string text(100, 'x');
  std::printf("%s: %s\n", who, block != nullptr && text.size() == 100 ? "well" : "out of memory");
  heaptap::dealloc(block, kLayout);
}
