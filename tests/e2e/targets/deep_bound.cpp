// SPDX-License-Identifier: Apache-2.0
// deep_bound LIBRARY: opens it with RTLD_DEEPBIND; blocks go in and come out.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

namespace {

void* g_library;

template <class Function>
Function find(const char* name) {
  const auto found = reinterpret_cast<Function>(dlsym(g_library, name));
  if (found == nullptr) exit(3);
  return found;
}

}  // namespace

void giveAway() {
  const auto give = find<void (*)(void*)>("freeInLibrary");
  const auto giveByPointer = find<void (*)(void*)>("freeByPointer");
  const auto giveNew = find<void (*)(int*)>("deleteInLibrary");
  for (int i = 0; i < 10; ++i) {
    give(malloc(50));
    giveByPointer(malloc(50));
    giveNew(new int(i));
  }
}

void take() {
  const auto makeNew = find<int* (*)()>("newInLibrary");
  const auto duplicate = find<char* (*)(const char*)>("duplicateInLibrary");
  for (int i = 0; i < 10; ++i) {
    delete makeNew();
    free(duplicate("text"));
  }
  free(find<void* (*)()>("takeConstructed")());
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  for (int round = 0; round < 2; ++round) {
    g_library = dlopen(arguments[1], RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND);
    if (g_library == nullptr) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    if (round == 0) find<void (*)()>("keepsInLibrary")();
    giveAway();
    take();
    find<void (*)()>("freeOther")();
    dlclose(g_library);
  }
  puts("fine");
}
