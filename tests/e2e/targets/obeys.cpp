// SPDX-License-Identifier: Apache-2.0
// Does what lines on its standard input say, and answers each with "ok N", N counting up:
//   allocate N   N blocks of 40 bytes, kept
//   free         all blocks that are kept
//   more N       the same by another function, of 100 bytes
//   touch N      takes N MiB in one block and writes to all of it
//   churn N      N blocks, each freed at once
//   pause, resume, mark NAME, snapshot NAME, recording (answers "recording: 0 or 1" first)
//   resident     answers "resident: BYTES now, BYTES at most" first, as the kernel counts this process
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cstddef>

#include "agent/include/heaptap.h"
#include "sink.h"

namespace {

void* g_blocks[10'000];
int g_count = 0;

void allocateBlocks(int count) {
  for (int i = 0; i < count; ++i) g_blocks[g_count++] = use(malloc(40));
}

void allocateMore(int count) {
  for (int i = 0; i < count; ++i) g_blocks[g_count++] = use(malloc(100));
}

void churnBlocks(int count) {
  for (int i = 0; i < count; ++i) free(use(malloc(24)));
}

void touchMemory(std::size_t mebibytes) {
  void* const block = use(malloc(mebibytes << 20));
  memset(block, 1, mebibytes << 20);
  g_blocks[g_count++] = block;
}

// The kernel's own words. Not getrusage: its maximum is also that of what the process was before exec.
// Without an allocation.
void tellResident() {
  char text[4096] = {};
  const int file = open("/proc/self/status", O_RDONLY);
  const ssize_t n = read(file, text, sizeof text - 1);
  close(file);
  const char* const now = n > 0 ? strstr(text, "VmRSS:") : nullptr;
  const char* const most = n > 0 ? strstr(text, "VmHWM:") : nullptr;
  if (now == nullptr || most == nullptr) abort();
  printf("resident: %ld now, %ld at most\n", atol(now + 6) * 1024, atol(most + 6) * 1024);
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
    if (strncmp(line, "snapshot ", 9) == 0) heaptap_snapshot(line + 9);
    if (strncmp(line, "more ", 5) == 0) allocateMore(atoi(line + 5));
    if (strncmp(line, "churn ", 6) == 0) churnBlocks(atoi(line + 6));
    if (strncmp(line, "touch ", 6) == 0) touchMemory(static_cast<std::size_t>(atoi(line + 6)));
    if (strcmp(line, "resident") == 0) tellResident();
    if (strcmp(line, "recording") == 0) printf("recording: %d\n", heaptap_is_recording());
    printf("ok %d\n", ++answered);
    fflush(stdout);
  }
}
