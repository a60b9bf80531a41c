// SPDX-License-Identifier: Apache-2.0
// Allocates 100,000 blocks of 16 bytes and frees none.
#include <stdlib.h>

#include "sink.h"

int main() {
  for (int i = 0; i < 100'000; ++i) use(malloc(16));
}
