// SPDX-License-Identifier: Apache-2.0
//
// Leaks as many bytes as the command line says, at the end of 40 calls.
#include <cstdlib>

void* volatile kept;

void leakBelow(int calls, std::size_t bytes) {
  if (calls == 0)
    kept = std::malloc(bytes);
  else
    leakBelow(calls - 1, bytes);
}

int main(int argc, char** argv) {
  if (argc > 1) leakBelow(40, static_cast<std::size_t>(std::atoi(argv[1])));
  return 0;
}
