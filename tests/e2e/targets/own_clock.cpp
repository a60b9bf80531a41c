// SPDX-License-Identifier: Apache-2.0
//
// A program whose clock is its own: it stands still, or runs backwards (argument `back`), as in simulators
// and in tests of time. Blocks pass from thread to thread. And its list of objects is its own, which
// allocates for each look.
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <atomic>
#include <cstdio>
#include <thread>

namespace {

constexpr long kBlocks = 20000;
long g_now = 1'000'000'000;
long g_step = 0;
std::atomic<void*> g_box{nullptr};

}  // namespace

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t, timespec* now) noexcept {
  g_now += g_step;
  *now = {g_now / 1000, g_now % 1000 * 1'000'000};
  return 0;
}

using Visit = int (*)(dl_phdr_info*, size_t, void*);
extern "C" __attribute__((visibility("default"))) int dl_iterate_phdr(Visit visit, void* data) {
  using Iterate = int (*)(Visit, void*);
  const auto original = reinterpret_cast<Iterate>(dlsym(RTLD_NEXT, "dl_iterate_phdr"));
  void* volatile scratch = malloc(512);
  free(scratch);
  return original(visit, data);
}

void keeps(int count) {
  for (int i = 0; i < count; ++i) {
    void* volatile block = malloc(64);
    static_cast<void>(block);
  }
}

int main(int count, char** arguments) {
  g_step = count > 1 && strcmp(arguments[1], "back") == 0 ? -1 : 0;
  std::thread taker([] {
    for (long i = 0; i < kBlocks; ++i) {
      void* block = nullptr;
      while ((block = g_box.exchange(nullptr)) == nullptr) std::this_thread::yield();
      free(block);
    }
  });
  for (long i = 0; i < kBlocks; ++i) {
    void* const block = malloc(24);
    void* empty = nullptr;
    while (!g_box.compare_exchange_weak(empty, block)) {
      empty = nullptr;
      std::this_thread::yield();
    }
  }
  taker.join();
  keeps(1000);
  if (void* const library = dlopen("libm.so.6", RTLD_NOW)) dlclose(library);
  keeps(100);
  puts("passed");
}
