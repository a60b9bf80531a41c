// SPDX-License-Identifier: Apache-2.0
//
// Leaks as many blocks of 100 bytes as its argument says, else two.
#include <cstdlib>

__attribute__((noinline)) void* parseLine() {
  void* volatile line = std::malloc(100);
  return line;
}

int main(int count, char** arguments) {
  const int times = count > 1 ? std::atoi(arguments[1]) : 2;
  for (int i = 0; i < times; ++i) parseLine();
  return 0;
}
