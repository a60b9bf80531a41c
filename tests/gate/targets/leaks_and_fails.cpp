// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

void* volatile kept;

int main() {
  kept = std::malloc(11);
  kept = nullptr;
  return 3;
}
