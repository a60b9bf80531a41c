// SPDX-License-Identifier: Apache-2.0
// Stacks that are not the main thread's: fibers, coroutines, threads, also one after the other in the same
// memory.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <coroutine>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/targets/sink.h"

namespace {

void allocate() { free(use(malloc(24))); }

constexpr std::size_t kFiberBytes = 128 * 1024;
constexpr unsigned kFibers = 4;

struct Fiber {
  ucontext_t context{};
  void* memory = nullptr;
  bool done = false;
};

thread_local ucontext_t t_main;
thread_local Fiber t_fibers[kFibers];
thread_local unsigned t_current = 0;

void yield() { swapcontext(&t_fibers[t_current].context, &t_main); }

// Gives way at every depth, so that fibers meet each other's remembered stacks.
[[gnu::noinline]] unsigned descend(unsigned depth) {
  allocate();
  if (depth % 2 == 0) yield();
  allocate();
  const unsigned below = depth == 0 ? 0 : descend(depth - 1);
  allocate();
  return below + 1;
}

void runFiber(int depth) {
  descend(static_cast<unsigned>(depth));
  t_fibers[t_current].done = true;
}

void runFibers(int depth) {
  for (unsigned i = 0; i < kFibers; ++i) {
    Fiber& fiber = t_fibers[i];
    fiber.done = false;
    fiber.memory = mmap(nullptr, kFiberBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.memory;
    fiber.context.uc_stack.ss_size = kFiberBytes;
    fiber.context.uc_link = &t_main;
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(runFiber), 1, depth + static_cast<int>(i));
  }
  for (bool anyLeft = true; anyLeft;) {
    anyLeft = false;
    for (t_current = 0; t_current < kFibers; ++t_current) {
      if (t_fibers[t_current].done) continue;
      anyLeft = true;
      swapcontext(&t_main, &t_fibers[t_current].context);
      allocate();
    }
  }
  for (Fiber& fiber : t_fibers) munmap(fiber.memory, kFiberBytes);
}

/// Yields numbers; a nested one is resumed by what awaits the outer one.
class Numbers {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names are the language's.
  struct promise_type {
    unsigned value = 0;
    Numbers get_return_object() { return Numbers(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(unsigned next) {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { abort(); }
  };
  // NOLINTEND(readability-identifier-naming)
  explicit Numbers(std::coroutine_handle<promise_type> handle) : m_handle(handle) {}
  Numbers(Numbers&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;
  ~Numbers() {
    if (m_handle) m_handle.destroy();
  }
  bool next() {
    m_handle.resume();
    return !m_handle.done();
  }
  [[nodiscard]] unsigned value() const { return m_handle.promise().value; }

 private:
  std::coroutine_handle<promise_type> m_handle;
};

Numbers countDown(unsigned from) {
  allocate();
  co_yield from;
  if (from > 0) {
    Numbers rest = countDown(from - 1);
    while (rest.next()) {
      allocate();
      co_yield rest.value();
      allocate();
    }
  }
  allocate();
}

unsigned runCoroutines(unsigned from) {
  unsigned sum = 0;
  for (Numbers numbers = countDown(from); numbers.next();) sum += numbers.value();
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 20;
  for (int round = 0; round < rounds; ++round) {
    runFibers(round % 12);
    if (runCoroutines(20) != 210) return 1;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([round, i] {
        runFibers(i + round % 5);
        runCoroutines(static_cast<unsigned>(10 + i));
      });
    }
    for (auto& thread : threads) thread.join();
  }
  puts("done");
}
