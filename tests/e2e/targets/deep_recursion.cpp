// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "sink.h"

int descend(int depth) {
  if (depth == 0) {
    use(malloc(4321));
    return 0;
  }
  return descend(depth - 1) + 1;
}

int main() { return descend(5000) == 5000 ? 0 : 1; }
