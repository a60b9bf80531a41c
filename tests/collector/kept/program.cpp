// SPDX-License-Identifier: Apache-2.0
//
// The program that the kept files are recordings of. What it allocates is the same in each run:
// program (plain|threads|long|fork|wait).
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace kept {

__attribute__((noinline)) void* parse(std::size_t bytes) { return std::malloc(bytes); }

__attribute__((noinline)) std::vector<int>* render(int count) {
  auto* numbers = new std::vector<int>;
  for (int i = 0; i < count; ++i) numbers->push_back(i);
  return numbers;
}

void* g_leaked = nullptr;

void work() {
  for (std::size_t i = 1; i <= 200; ++i) std::free(parse(i));
  for (int i = 0; i < 20; ++i) delete render(100);
}

}  // namespace kept

int main(int argc, char** argv) {
  const std::string_view how = argc > 1 ? argv[1] : "plain";
  kept::work();
  if (how == "long") {  // Enough for sums of spans, from 2.1 on.
    for (int i = 0; i < 700; ++i) kept::work();
  }
  if (how == "threads") {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(kept::work);
    for (std::thread& thread : threads) thread.join();
  }
  if (how == "fork") {
    const pid_t child = fork();
    if (child == 0) {
      kept::work();
      kept::g_leaked = kept::parse(4096);
      std::exit(0);
    }
    waitpid(child, nullptr, 0);
  }
  for (int i = 0; i < 5; ++i) kept::g_leaked = kept::parse(1000);
  if (how == "wait") {
    std::puts("ready");
    std::fflush(stdout);
    pause();
  }
}
