// SPDX-License-Identifier: Apache-2.0
// Each of the replaceable operators new with each operator delete that goes with it, then what throws.
#include <stdio.h>
#include <stdlib.h>

#include <new>

#include "sink.h"

namespace {

constexpr std::align_val_t kAlign{64};

// Three of each: sizes 100 to 107 tell the operators new apart.
void single() {
  for (int i = 0; i < 3; ++i) {
    operator delete(use(operator new(100)));
    operator delete (use(operator new(100)), std::size_t{100});
    operator delete(use(operator new(101, std::nothrow)), std::nothrow);
  }
}

void array() {
  for (int i = 0; i < 3; ++i) {
    operator delete[](use(operator new[](102)));
    operator delete[](use(operator new[](102)), std::size_t{102});
    operator delete[](use(operator new[](103, std::nothrow)), std::nothrow);
  }
}

void aligned() {
  for (int i = 0; i < 3; ++i) {
    operator delete(use(operator new(104, kAlign)), kAlign);
    operator delete (use(operator new(104, kAlign)), std::size_t{104}, kAlign);
    operator delete(use(operator new(105, kAlign, std::nothrow)), kAlign, std::nothrow);
  }
}

void alignedArray() {
  for (int i = 0; i < 3; ++i) {
    operator delete[](use(operator new[](106, kAlign)), kAlign);
    operator delete[](use(operator new[](106, kAlign)), std::size_t{106}, kAlign);
    operator delete[](use(operator new[](107, kAlign, std::nothrow)), kAlign, std::nothrow);
  }
}

int g_handled = 0;

void giveUp() {
  free(use(malloc(24)));  // A handler may allocate.
  if (++g_handled == 2) std::set_new_handler(nullptr);
}

void tooLarge() {
  std::set_new_handler(giveUp);
  try {
    use(operator new (std::size_t{1} << 46));
    puts("there was room");
  } catch (const std::bad_alloc&) {
    free(use(malloc(25)));  // What follows an exception is recorded as ever.
    puts(g_handled == 2 ? "thrown" : "thrown too soon");
  }
  if (operator new (std::size_t{1} << 46, std::nothrow) != nullptr) puts("there was room");
}

void leak() { use(operator new[](1001)); }

}  // namespace

int main() {
  single();
  array();
  aligned();
  alignedArray();
  tooLarge();
  leak();
}
