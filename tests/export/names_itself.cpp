// SPDX-License-Identifier: Apache-2.0
//
// A program to record whose every name is a secret: threads, heaps, marks, functions, types, arguments.
#include <heaptap.h>
#include <pthread.h>

#include <cstdlib>
#include <thread>
#include <vector>

namespace acme {

struct Formula {
  int parts[10];
};

// A class with operators of its own.
struct Recipe {
  static void* operator new(std::size_t size) { return std::malloc(size); }
  static void operator delete(void* block) { std::free(block); }
  Formula formula;
};

void* volatile kept;

template <class T>
__attribute__((noinline)) void brew(std::size_t count) {
  kept = new std::vector<T>(count);
}

}  // namespace acme

int main() {
  std::thread worker([] {
    pthread_setname_np(pthread_self(), "acme-brewer");
    acme::brew<acme::Formula>(100);
  });
  worker.join();
  heaptap_mark("acme.plan");
  heaptap_snapshot("acme launch");
  const heaptap_heap heap = heaptap_register_heap("acme barrels");
  static char barrel[64];
  heaptap_allocated(heap, barrel, sizeof barrel);
  acme::kept = new acme::Recipe;
  std::free(std::malloc(10));
  return 0;
}
