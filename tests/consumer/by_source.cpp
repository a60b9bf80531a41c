// SPDX-License-Identifier: Apache-2.0
#include "counting.h"

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, consumer::Counting){1000};

void report(const char* who);

int main() {
  const long before = ALLOCATOR.left;
  char* const text = new char[100];
  const bool counted = ALLOCATOR.left == before - 1;
  delete[] text;
  report(counted ? "counted" : "not counted");
}
