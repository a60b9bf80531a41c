// SPDX-License-Identifier: Apache-2.0
//
// Leaks once at its start, and then, as its argument says, at each of 400 turns. With "server" it is ended by
// a signal.
#include <signal.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

void* volatile sink;

__attribute__((noinline)) void leakAtTheStart() { sink = std::malloc(5000); }
__attribute__((noinline)) void leakAtEachTurn() { sink = std::malloc(10); }

int main(int count, char** arguments) {
  leakAtTheStart();
  for (int turn = 0; turn < 400; ++turn) {
    if (count > 1 && std::strcmp(arguments[1], "steady") != 0) leakAtEachTurn();
    void* const used = std::malloc(100);
    sink = used;
    const timespec pause{0, 50'000};
    nanosleep(&pause, nullptr);
    std::free(used);
  }
  if (count > 1 && std::strcmp(arguments[1], "server") == 0) raise(SIGTERM);
  return 0;
}
