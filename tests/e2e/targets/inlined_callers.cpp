// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "sink.h"

namespace {

[[gnu::always_inline]] inline void innermost() { use(malloc(777)); }  // line: innermost

[[gnu::always_inline]] inline void middle() { innermost(); }  // line: middle

}  // namespace

[[gnu::noinline]] void outer() {
  middle();  // line: outer
  asm volatile("");
}

int main() {
  outer();  // line: main
  return 0;
}
