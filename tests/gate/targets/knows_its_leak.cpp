// SPDX-License-Identifier: Apache-2.0
//
// Leaks what it has a suppression of LeakSanitizer for; with an argument also something else.
#include <cstdlib>

extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:keepOnPurpose\n"; }

void* volatile sink;

__attribute__((noinline)) void keepOnPurpose() { sink = std::malloc(100); }
__attribute__((noinline)) void forget() { sink = std::malloc(30); }

int main(int count, char**) {
  keepOnPurpose();
  if (count > 1) forget();
  return 0;
}
