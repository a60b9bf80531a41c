// SPDX-License-Identifier: Apache-2.0
// A library with operators new and delete of its own, which it hides: those of a C++ runtime inside it, or
// (DEFINED) its own. Blocks go in and come out; two of its functions free what they must not.
#include <stdlib.h>

#include <new>

#ifdef DEFINED
void* operator new(size_t size) {
  void* const block = malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new[](size_t size) { return operator new(size); }
void operator delete(void* block) noexcept { free(block); }
void operator delete(void* block, size_t) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
#endif

struct Plain {
  char text[40];
};
struct Virtual {
  virtual ~Virtual();
  char text[48];
};
Virtual::~Virtual() { text[0] = 0; }

extern "C" {
int g_frees;

Plain* makePlain(void) { return new Plain; }
int* makeArray(void) { return new int[10]; }
Plain* makeOfMalloc(void) { return static_cast<Plain*>(malloc(sizeof(Plain))); }

// Ends in a jump.
void dropPlain(Plain* plain) { delete plain; }
void dropArray(int* array) { delete[] array; }
void dropVirtual(Virtual* object) { delete object; }
void dropTwo(Plain* one, Plain* other) {
  delete one;
  ++g_frees;
  delete other;
  ++g_frees;
}
void dropTwoVirtual(Virtual* one, Virtual* other) {
  delete one;
  delete other;
  ++g_frees;
}
size_t sizeOfVirtual(void) { return sizeof(Virtual); }
Virtual* makeVirtualIn(void* place) { return new (place) Virtual; }

// A mistake.
void freeInLibrary(void* block) {
  free(block);
  ++g_frees;
}
}
