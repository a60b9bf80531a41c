// SPDX-License-Identifier: Apache-2.0
//
// A program that does little else than allocate: the hardest case for an allocation profiler.
//   churn THREADS ROUNDS          each thread allocates and frees from many sites, at depths of 5 to 30
//   frames churn producer-consumer ROUNDS  one thread allocates, another frees
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kLive = 1000;

// 64 instantiations make as many sites; each calls the next, so that depth and site vary.
template <unsigned N>
[[gnu::noinline]] void* allocateAt(unsigned depth, std::size_t size) {
  void* block = nullptr;
  if (depth == 0) {
    block = std::malloc(size);
  } else {
    block = allocateAt<(N * 5 + 3) % 64>(depth - 1, size);
  }
  asm volatile("" : "+r"(block));
  return block;
}

void churn(unsigned seed, long rounds) {
  std::vector<void*> live(kLive, nullptr);
  std::minstd_rand random(seed);
  for (long i = 0; i < rounds; ++i) {
    void*& slot = live[random() % kLive];
    std::free(slot);
    const unsigned depth = 5 + static_cast<unsigned>(random() % 16 == 0 ? random() % 25 : i / 64 % 8);
    slot = allocateAt<0>(depth, 16 + random() % 500);
  }
  for (void* block : live) std::free(block);
}

void produceAndConsume(long rounds) {
  std::vector<std::atomic<void*>> ring(1024);
  std::thread consumer([&] {
    for (long i = 0; i < rounds; ++i) {
      auto& slot = ring[static_cast<std::size_t>(i) % ring.size()];
      void* block = nullptr;
      while ((block = slot.exchange(nullptr)) == nullptr) std::this_thread::yield();
      std::free(block);
    }
  });
  for (long i = 0; i < rounds; ++i) {
    auto& slot = ring[static_cast<std::size_t>(i) % ring.size()];
    void* block = allocateAt<0>(10, 64);
    while (slot.load() != nullptr) std::this_thread::yield();
    slot.store(block);
  }
  consumer.join();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: churn THREADS|producer-consumer ROUNDS\n");
    return 2;
  }
  const long rounds = std::atol(arguments[2]);
  if (std::strcmp(arguments[1], "producer-consumer") == 0) {
    produceAndConsume(rounds);
    return 0;
  }
  std::vector<std::thread> threads;
  const int wanted = std::atoi(arguments[1]);
  for (int t = 1; t < wanted; ++t) threads.emplace_back(churn, static_cast<unsigned>(t), rounds);
  churn(99, rounds);
  for (auto& thread : threads) thread.join();
}
