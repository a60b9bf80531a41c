// SPDX-License-Identifier: Apache-2.0
// Does what lines on its standard input say, and answers each with "ok N", N counting up:
//   allocate N   N blocks of 40 bytes, kept
//   free         all blocks that are kept
//   pause, resume, mark NAME, recording (answers "recording: 0 or 1" first)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/include/heaptap.h"
#include "sink.h"

namespace {

void* g_blocks[10'000];
int g_count = 0;

void allocateBlocks(int count) {
  for (int i = 0; i < count; ++i) g_blocks[g_count++] = use(malloc(40));
}

void freeBlocks() {
  while (g_count > 0) free(g_blocks[--g_count]);
}

}  // namespace

int main() {
  static char input[512];
  static char output[512];
  setvbuf(stdin, input, _IOFBF, sizeof input);  // No allocations but those asked for.
  setvbuf(stdout, output, _IOFBF, sizeof output);
  char line[300];
  for (int answered = 0; fgets(line, sizeof line, stdin) != nullptr;) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "allocate ", 9) == 0) allocateBlocks(atoi(line + 9));
    if (strcmp(line, "free") == 0) freeBlocks();
    if (strcmp(line, "pause") == 0) heaptap_pause();
    if (strcmp(line, "resume") == 0) heaptap_resume();
    if (strncmp(line, "mark ", 5) == 0) heaptap_mark(line + 5);
    if (strcmp(line, "recording") == 0) printf("recording: %d\n", heaptap_is_recording());
    printf("ok %d\n", ++answered);
    fflush(stdout);
  }
}
