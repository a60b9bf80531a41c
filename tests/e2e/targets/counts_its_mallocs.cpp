// SPDX-License-Identifier: Apache-2.0
//
// Counts the calls of its own malloc, which operator new makes, too.
#include <cstddef>
#include <cstdio>

extern "C" {
void* __libc_malloc(std::size_t);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void*);           // NOLINT(bugprone-reserved-identifier)

int g_mallocs = 0;
int g_frees = 0;

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  ++g_mallocs;
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void free(void* block) {
  g_frees += block != nullptr ? 1 : 0;
  __libc_free(block);
}
}

int main() {
  const int mallocs = g_mallocs;
  const int frees = g_frees;
  for (int i = 0; i < 10; ++i) {
    int* volatile block = new int(i);
    delete block;
  }
  const int madeMallocs = g_mallocs - mallocs;
  const int madeFrees = g_frees - frees;
  std::printf("%d %d\n", madeMallocs, madeFrees);
}
