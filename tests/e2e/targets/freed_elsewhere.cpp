// SPDX-License-Identifier: Apache-2.0
// Blocks from one place that are freed in three others, 30, 20 and 10 of them.
#include <stdlib.h>

#include "sink.h"

namespace {

void* makeBlock() { return use(malloc(72)); }
void freeOften(void* block) { free(block); }
void freeSometimes(void* block) { free(block); }
void growRarely(void* block) { use(realloc(block, 200)); }

}  // namespace

int main() {
  for (int i = 0; i < 60; ++i) {
    void* block = makeBlock();
    if (i % 6 < 3)
      freeOften(block);
    else if (i % 6 < 5)
      freeSometimes(block);
    else
      growRarely(block);
  }
}
