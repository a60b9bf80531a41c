// SPDX-License-Identifier: Apache-2.0
// Allocates 7 blocks of 700 bytes, then ends in the way that the first argument says.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

static void lastWords() { use(malloc(1)); }

int main(int count, char** arguments) {
  for (int i = 0; i < 7; ++i) use(malloc(700));
  const char* way = count > 1 ? arguments[1] : "return";
  if (strcmp(way, "_exit") == 0) _exit(3);
  if (strcmp(way, "_Exit") == 0) _Exit(6);
  if (strcmp(way, "quick_exit") == 0) {
    at_quick_exit(lastWords);
    quick_exit(7);
  }
  if (strcmp(way, "abort") == 0) abort();
  if (strcmp(way, "kill") == 0) raise(SIGKILL);
  if (strcmp(way, "segv") == 0) raise(SIGSEGV);
  return 4;
}
