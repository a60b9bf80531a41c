// SPDX-License-Identifier: Apache-2.0
//
// A program that is built twice, the second time (NEWER) with other lines, another lambda in front, one call
// more of what leaks, and a function that leaks and is new.
#include <cstdlib>
#include <cstring>
#include <vector>

#ifdef NEWER
// Lines that move all that follows.
//
//
#endif

void* volatile kept;

#ifdef NEWER
static void remember() { kept = std::malloc(5000); }
#endif

static char* parse(std::size_t size) {
  char* const text = static_cast<char*>(std::malloc(size));
  kept = text;
  return text;
}

static void load(int times) {
  for (int i = 0; i < times; ++i) std::memset(parse(100), 0, 100);
}

template <class T>
static void hold(std::size_t count) {
  kept = new std::vector<T>(count);
}

/// Temporary ones, of which nothing is left: as many as the command line says.
static void churn(int times) {
  for (int i = 0; i < times; ++i) {
    void* volatile block = std::malloc(64);
    std::free(block);
  }
}

int main(int argc, char** argv) {
#ifdef NEWER
  const auto first = [] { kept = std::malloc(1); };
  first();
  remember();
  load(2);
#endif
  const auto second = [](std::size_t size) { kept = std::malloc(size); };
  second(33);
  load(3);
  hold<long>(10);
  churn(argc > 1 ? std::atoi(argv[1]) : 0);
  return 0;
}
