// SPDX-License-Identifier: Apache-2.0
// Allocates at each station of exceptions and of longjmp, ROUNDS times each (10): before the throw, in the
// destructors that run meanwhile, in the handler, after the rethrow, and after the jump.
#include <setjmp.h>
#include <stdlib.h>

#include "sink.h"

namespace {

constexpr int kRounds = 10;

void beforeThrow() { use(malloc(501)); }
void inDestructor() { use(malloc(502)); }
void inHandler() { use(malloc(503)); }
void afterRethrow() { use(malloc(504)); }
void beforeJump() { use(malloc(505)); }
void afterJump() { use(malloc(506)); }

struct Guard {
  ~Guard() { inDestructor(); }
};

void throwFrom(int frames) {
  const Guard guard;
  if (frames == 0) {
    beforeThrow();
    throw frames;
  }
  throwFrom(frames - 1);
}

void catchAndRethrow() {
  try {
    throwFrom(3);
  } catch (int) {
    inHandler();
    throw;
  }
}

void catchAll() {
  try {
    catchAndRethrow();
  } catch (int) {
    afterRethrow();
  }
}

jmp_buf g_back;

void jumpFrom(int frames) {
  char room[100];
  use(room);
  if (frames == 0) {
    beforeJump();
    longjmp(g_back, 1);
  }
  jumpFrom(frames - 1);
  use(room);
}

void jump() {
  if (setjmp(g_back) == 0)
    jumpFrom(3);
  else
    afterJump();
}

}  // namespace

int main() {
  for (int i = 0; i < kRounds; ++i) {
    catchAll();
    jump();
  }
}
