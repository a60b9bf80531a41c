// SPDX-License-Identifier: Apache-2.0
// loads WAY LIBRARY: opens a library in some way and lets it allocate. The library opens another one that
// only its own RPATH leads to.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

namespace {

void* inNewThread(void*) {
  use(malloc(31));
  return nullptr;
}

// While this thread holds the loader's lock: another one's first allocation must not want it.
int whileLoaderIsLocked(dl_phdr_info*, std::size_t, void*) {
  use(malloc(32));
  pthread_t thread;
  if (pthread_create(&thread, nullptr, inNewThread, nullptr) != 0) _exit(9);
  pthread_join(thread, nullptr);
  return 1;
}

int failed() {
  fprintf(stderr, "%s\n", dlerror());
  return 1;
}

int useLibrary(void* library) {
  if (library == nullptr) return failed();
  auto allocate = reinterpret_cast<void* (*)(int)>(dlsym(library, "allocateInLibrary"));
  auto give = reinterpret_cast<void (*)(void*)>(dlsym(library, "freeInLibrary"));
  auto openNeighbour = reinterpret_cast<const char* (*)()>(dlsym(library, "openNeighbour"));
  if (allocate == nullptr || give == nullptr || openNeighbour == nullptr) return failed();
  for (int i = 0; i < 5; ++i) use(allocate(333));
  for (int i = 0; i < 5; ++i) use(malloc(444));
  give(use(malloc(555)));
  puts(openNeighbour());
  return 0;
}

}  // namespace

int main(int argc, char** arguments) {
  if (argc != 3) return 2;
  const char* way = arguments[1];
  const char* path = arguments[2];
  alarm(60);  // A deadlock ends as a failure.
  if (strcmp(way, "while-locked") == 0) {
    for (int i = 0; i < 100; ++i) dl_iterate_phdr(whileLoaderIsLocked, nullptr);
    return 0;
  }
  if (strcmp(way, "plain") == 0) return useLibrary(dlopen(path, RTLD_NOW | RTLD_LOCAL));
  if (strcmp(way, "deepbind") == 0) return useLibrary(dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND));
  if (strcmp(way, "namespace") == 0) return useLibrary(dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL));
  return 2;
}
