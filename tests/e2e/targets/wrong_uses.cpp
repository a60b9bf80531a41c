// SPDX-License-Identifier: Apache-2.0
// One of each wrong use of the heap. libc stops a program at some of them: then it goes on with the next.
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include <new>

#include "sink.h"

namespace {

sigjmp_buf g_next;

void onAbort(int) { siglongjmp(g_next, 1); }

template <class Use>
void survive(Use&& wrongUse) {
  signal(SIGABRT, onAbort);
  if (sigsetjmp(g_next, 1) == 0) wrongUse();
}

char* allocateText() { return static_cast<char*>(use(malloc(100))); }
void forget(void* block) { free(block); }

void freeTwice() {
  char* text = allocateText();
  forget(text);
  free(text);  // line: second free
}

void freeWhatIsNoBlock() {
  static char text[64];
  free(use(&text[16]));  // line: no block
}

void freeInTheMiddle() {
  char* text = allocateText();
  free(text + 32);  // line: in the middle
}

int* allocateNumbers() { return static_cast<int*>(use(operator new[](40 * sizeof(int)))); }

void deleteAnArray() {
  operator delete(use(allocateNumbers()));  // line: delete
}

void freeAnObject() {
  free(use(operator new(24)));  // line: free of new
}

void deleteOfMalloc() {
  operator delete(use(malloc(48)));  // line: delete of malloc
}

void reallocAnObject() {
  use(realloc(use(operator new(16)), 160));  // line: realloc of new
}

void deleteAsLarger() {
  operator delete (use(operator new(40)), std::size_t{64});  // line: wrong size
}

}  // namespace

int main() {
  survive(deleteAnArray);
  survive(freeAnObject);
  survive(deleteOfMalloc);
  survive(reallocAnObject);
  survive(deleteAsLarger);
  survive(freeWhatIsNoBlock);
  survive(freeInTheMiddle);
  survive(freeTwice);
}
