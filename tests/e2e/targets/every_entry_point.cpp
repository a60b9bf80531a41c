// SPDX-License-Identifier: Apache-2.0
// Each function of the malloc family once, then what must not count: failures and free(NULL).
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sink.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "every_entry_point: %s\n", what);
  exit(1);
}

void onceEach() {
  use(malloc(1));
  use(calloc(3, 5));                 // 15
  use(realloc(nullptr, 21));         // 21
  use(reallocarray(nullptr, 3, 7));  // 21
  use(aligned_alloc(64, 128));       // 128
  use(memalign(256, 300));           // 300
  void* block = nullptr;
  posix_memalign(&block, 512, 1000);  // 1000
  use(valloc(10));                    // 10
  use(pvalloc(11));                   // 11
  use(operator new(77));              // 77
}

void whatDoesNotCount() {
  free(nullptr);
  errno = 0;
  require(use(malloc(PTRDIFF_MAX)) == nullptr && errno == ENOMEM, "malloc of everything");
  require(use(calloc(SIZE_MAX / 2, 3)) == nullptr, "calloc overflow");
  errno = 0;
  require(use(reallocarray(nullptr, SIZE_MAX / 2, 3)) == nullptr && errno == ENOMEM, "reallocarray overflow");
  void* block = use(nullptr);
  require(posix_memalign(&block, 3, 8) == EINVAL && block == nullptr, "posix_memalign with a bad alignment");
  errno = 7;
  free(use(malloc(9)));
  require(errno == 7, "errno survives free");
}

}  // namespace

int main() {
  onceEach();
  whatDoesNotCount();
}
