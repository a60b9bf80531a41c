// SPDX-License-Identifier: Apache-2.0
//
// Asks heaptap about spans in every way, and says what it hears.
#include <heaptap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

void* volatile kept[4];

__attribute__((noinline)) void lose(std::size_t bytes) {
  void* block = malloc(bytes);
  __asm__ volatile("" : "+r"(block));
}

const char* word(uint32_t status) {
  return status == HEAPTAP_LEAKS_KNOWN ? "known" : status == HEAPTAP_LEAKS_UNKNOWN ? "unknown" : "unrecorded";
}

__attribute__((noinline)) void tell(const char* what, uint32_t span, bool live = false) {
  static thread_local heaptap_leaks leaks;
  const uint32_t status = live ? heaptap_span_live(span, &leaks) : heaptap_span_leaks(span, &leaks);
  std::printf("%s: %s, %lu bytes in %lu blocks%s%s\n", what, word(status),
              static_cast<unsigned long>(leaks.bytes), static_cast<unsigned long>(leaks.blocks),
              status == HEAPTAP_LEAKS_UNKNOWN ? ": " : "", status == HEAPTAP_LEAKS_UNKNOWN ? leaks.text : "");
  std::fflush(stdout);
}

}  // namespace

int main() {
  std::printf("begun\n");  // The stream's buffer is made here.
  std::fflush(stdout);
  const uint32_t outer = heaptap_span_begin();
  kept[0] = malloc(1000);
  const uint32_t inner = heaptap_span_begin();
  lose(30);
  kept[1] = malloc(200);
  tell("inner", inner);
  tell("inner again", inner);
  tell("inner, live", inner, true);
  tell("outer", outer);
  tell("outer, live", outer, true);
  free(kept[0]);
  kept[1] = nullptr;
  tell("outer, after a pointer is gone", outer);
  tell("one that never was", outer + 1000);
  tell("none", 0);

  const pid_t child = fork();
  if (child == 0) {
    tell("in a child, its parent's", outer);
    const uint32_t own = heaptap_span_begin();
    lose(5);
    tell("in a child, its own", own);
    _exit(0);
  }
  waitpid(child, nullptr, 0);

  std::vector<std::thread> threads;
  int right[8] = {};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([i, &right] {
      const auto leaks = static_cast<heaptap_leaks*>(malloc(sizeof(heaptap_leaks)));
      for (int time = 0; time < 20; ++time) {
        const uint32_t span = heaptap_span_begin();
        lose(static_cast<std::size_t>(i) + 1);
        // Other threads lose theirs meanwhile.
        right[i] += heaptap_span_leaks(span, leaks) == HEAPTAP_LEAKS_KNOWN && leaks->blocks >= 1 ? 1 : 0;
      }
      free(leaks);
    });
  for (std::thread& thread : threads) thread.join();
  int all = 0;
  for (const int each : right) all += each;
  std::printf("threads: %d of 160 answers\n", all);
  return 0;
}
