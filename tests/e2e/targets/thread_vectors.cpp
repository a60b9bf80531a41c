// SPDX-License-Identifier: Apache-2.0
// Starts threads, and says how many bytes the loader has allocated for each one's vector of thread-local
// storage.
//   thread_vectors COUNT            that many threads, one after the other
//   thread_vectors COUNT LIBRARY    one, which uses thread-local variables of so many copies of LIBRARY that
//                                   its vector grows, and lives on
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace {

uint64_t vectorBytes() {
  // The thread pointer points at the thread's control block, whose second word is where the vector begins;
  // before that lies its length (glibc, tcbhead_t and dtv_t).
  const uint64_t* const* block;
  asm("mov %%fs:0, %0" : "=r"(block));
  return (block[1][-2] + 2) * 16;
}

void* measure(void* result) {
  *static_cast<uint64_t*>(result) = vectorBytes();
  return nullptr;
}

struct Growth {
  int count;
  const char* library;
  uint64_t bytes;
  pthread_barrier_t done;
};

void* grow(void* argument) {
  Growth& growth = *static_cast<Growth*>(argument);
  char folder[] = "/tmp/thread_vectors.XXXXXX";
  if (mkdtemp(folder) == nullptr) _exit(4);
  for (int i = 0; i < growth.count; ++i) {
    const std::string copy = std::string(folder) + "/" + std::to_string(i) + ".so";
    std::filesystem::copy_file(growth.library, copy);
    void* const library = dlopen(copy.c_str(), RTLD_NOW);
    if (library == nullptr) _exit(5);
    reinterpret_cast<void (*)()>(dlsym(library, "touch"))();
  }
  std::filesystem::remove_all(folder);
  growth.bytes = vectorBytes();
  pthread_barrier_wait(&growth.done);
  pause();
  return nullptr;
}

uint64_t grown(int count, const char* library) {
  static Growth growth{count, library, 0, {}};
  pthread_barrier_init(&growth.done, nullptr, 2);
  pthread_t thread;
  if (pthread_create(&thread, nullptr, grow, &growth) != 0) _exit(3);
  pthread_barrier_wait(&growth.done);
  return growth.bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  uint64_t bytes = 0;
  if (argc == 3) {
    bytes = grown(atoi(argv[1]), argv[2]);
  } else {
    for (int i = 0; i < atoi(argv[1]); ++i) {
      pthread_t thread;
      if (pthread_create(&thread, nullptr, measure, &bytes) != 0) return 3;
      pthread_join(thread, nullptr);
    }
  }
  printf("%lu bytes\n", static_cast<unsigned long>(bytes));
  fflush(stdout);
  _exit(0);
}
