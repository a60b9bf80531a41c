// SPDX-License-Identifier: Apache-2.0
// A program that looks at its own stack: by backtrace() at a place with known callers, and by
// pthread_getattr_np, which allocates while libc holds a lock of the thread. Prints each frame that lies in
// this program as its offset; so what it prints is the same whatever watches.
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "sink.h"

namespace {

void look() {
  void* frames[64];
  const int count = backtrace(frames, 64);
  Dl_info self{};
  dladdr(reinterpret_cast<void*>(&look), &self);
  for (int i = 0; i < count; ++i) {
    Dl_info info{};
    if (dladdr(frames[i], &info) != 0 && info.dli_fbase == self.dli_fbase)
      printf("%lx ", static_cast<long>(static_cast<char*>(frames[i]) - static_cast<char*>(info.dli_fbase)));
  }
  printf("\n");
  char** names = backtrace_symbols(frames, count);
  free(use(names));
}

void lookFrom(int depth) {
  if (depth == 0)
    look();
  else
    lookFrom(depth - 1);
  use(&depth);
}

void* ownStack(void*) {
  pthread_attr_t attributes;
  void* low = nullptr;
  std::size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  lookFrom(2);
  return nullptr;
}

}  // namespace

int main() {
  lookFrom(5);
  for (int i = 0; i < 50; ++i) {
    pthread_t thread;
    pthread_create(&thread, nullptr, ownStack, nullptr);
    pthread_join(thread, nullptr);
  }
}
