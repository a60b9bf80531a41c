// SPDX-License-Identifier: Apache-2.0
// Starts threads, and says how many bytes the loader has allocated for each one's vector of thread-local
// storage.
//   thread_vectors COUNT
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

namespace {

// The thread pointer points at the thread's control block, whose second word is where the vector begins;
// before that lies its length (glibc, tcbhead_t and dtv_t).
void* vectorBytes(void* result) {
  const uint64_t* const* block;
  asm("mov %%fs:0, %0" : "=r"(block));
  *static_cast<uint64_t*>(result) = (block[1][-2] + 2) * 16;
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  uint64_t bytes = 0;
  for (int i = 0; i < atoi(argv[1]); ++i) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, vectorBytes, &bytes) != 0) return 3;
    pthread_join(thread, nullptr);
  }
  printf("%lu bytes\n", static_cast<unsigned long>(bytes));
}
