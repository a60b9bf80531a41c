// SPDX-License-Identifier: Apache-2.0
// A program of which every query of docs/schema.md has an answer: threads that hand blocks over, blocks that
// stay, small ones among them that were between large ones, marks, and a wrong use of the heap.
#include <stdlib.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "agent/include/heaptap.h"
#include "sink.h"

namespace {

using Blocks = std::vector<void*>;

Blocks produce(int count, size_t size) {
  Blocks blocks;
  for (int i = 0; i < count; ++i) blocks.push_back(use(malloc(size)));
  return blocks;
}

void consume(const Blocks& blocks) {
  for (void* const block : blocks) free(block);
}

/// A small block for each large one; the large ones go.
void scatter() {
  Blocks large;
  for (int i = 0; i < 40; ++i) {
    large.push_back(use(malloc(6000)));
    use(malloc(24));
  }
  consume(large);
}

}  // namespace

int main() {
  heaptap_mark("begin");
  Blocks handed;
  std::thread([&handed] { handed = produce(200, 48); }).join();
  std::thread([&handed] { consume(handed); }).join();
  scatter();
  consume(produce(20, 100'000));
  usleep(50'000);
  heaptap_mark("later");
  use(realloc(use(malloc(3000)), 5000));
  produce(30, 700);
  usleep(50'000);
  delete static_cast<int*>(use(malloc(sizeof(int))));  // A mismatched free.
  usleep(50'000);
}
