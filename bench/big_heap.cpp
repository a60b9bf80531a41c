// SPDX-License-Identifier: Apache-2.0
//
// A program with a large heap: what takes hold of each live block must not cost much, nor ever stop for long.
//   big_heap BLOCKS ROUNDS   fills the heap with blocks of some 50 bytes, replaces ROUNDS of them at random, frees all
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: big_heap BLOCKS ROUNDS\n");
    return 2;
  }
  std::vector<void*> blocks(std::strtoul(arguments[1], nullptr, 10));
  std::minstd_rand random(1);
  const auto size = [&random] { return 24 + random() % 53; };
  for (void*& block : blocks) block = std::malloc(size());
  for (long i = std::atol(arguments[2]); i > 0; --i) {
    void*& block = blocks[random() % blocks.size()];
    std::free(block);
    block = std::malloc(size());
  }
  for (void* block : blocks) std::free(block);
}
