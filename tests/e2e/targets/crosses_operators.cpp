// SPDX-License-Identifier: Apache-2.0
// crosses_operators [LIBRARY]: gives blocks to the library and takes some (own_operators_library.cpp). Linked
// with it, or opens LIBRARY. All is right between operators new and delete, wherever they are; four frees are
// wrong, and one of them cannot be told without names.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <new>

struct Plain {
  char text[40];
};
struct Virtual;

#ifdef LINKED
#define FUNCTION(result, name, ...) extern "C" result name(__VA_ARGS__)
#else
#define FUNCTION(result, name, ...) static result (*name)(__VA_ARGS__)
#endif
FUNCTION(Plain*, makePlain, void);
FUNCTION(int*, makeArray, void);
FUNCTION(Plain*, makeOfMalloc, void);
FUNCTION(void, dropPlain, Plain*);
FUNCTION(void, dropArray, int*);
FUNCTION(void, dropVirtual, Virtual*);
FUNCTION(void, dropTwo, Plain*, Plain*);
FUNCTION(void, dropTwoVirtual, Virtual*, Virtual*);
FUNCTION(size_t, sizeOfVirtual, void);
FUNCTION(Virtual*, makeVirtualIn, void*);
FUNCTION(void, freeInLibrary, void*);

static void open([[maybe_unused]] const char* path) {
#ifndef LINKED
  void* const library = dlopen(path, RTLD_NOW);
  if (library == nullptr) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
#define FIND(name)                                                \
  name = reinterpret_cast<decltype(name)>(dlsym(library, #name)); \
  if (name == nullptr) exit(3)
  FIND(makePlain);
  FIND(makeArray);
  FIND(makeOfMalloc);
  FIND(dropPlain);
  FIND(dropArray);
  FIND(dropVirtual);
  FIND(dropTwo);
  FIND(dropTwoVirtual);
  FIND(sizeOfVirtual);
  FIND(makeVirtualIn);
  FIND(freeInLibrary);
#endif
}

static Virtual* makeVirtual() { return makeVirtualIn(::operator new(sizeOfVirtual())); }

void rightToLibrary() {
  dropPlain(new Plain);
  dropTwo(new Plain, new Plain);
  dropArray(new int[5]);
  dropVirtual(makeVirtual());
  dropTwoVirtual(makeVirtual(), makeVirtual());
}

void rightFromLibrary() {
  delete makePlain();
  delete[] makeArray();
  free(makeOfMalloc());
  dropPlain(makePlain());
}

void wrongInProgram() {
  free(new Plain);
  puts("freed");
}
void wrongInLibrary() { freeInLibrary(new Plain); }
void wrongOfLibrary() { delete makeOfMalloc(); }
void wrongForm() { dropArray(new int); }

int main(int count, char** arguments) {
  open(count > 1 ? arguments[1] : "");
  rightToLibrary();
  rightFromLibrary();
  wrongInProgram();
  wrongInLibrary();
  wrongOfLibrary();
  wrongForm();
}
