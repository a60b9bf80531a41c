// SPDX-License-Identifier: Apache-2.0
// Four producers allocate, four consumers free what they are handed: nothing leaks, nothing is unmatched.
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <atomic>

#include "sink.h"

namespace {

constexpr int kPairs = 4;
constexpr int kBlocks = 20'000;
constexpr int kRing = 64;

struct Ring {
  std::atomic<void*> slots[kRing];
};
Ring g_rings[kPairs];

void* produce(void* argument) {
  auto& ring = *static_cast<Ring*>(argument);
  for (int i = 0; i < kBlocks; ++i) {
    void* block = malloc(static_cast<size_t>(16 + i % 200));
    while (ring.slots[i % kRing].load() != nullptr) sched_yield();
    ring.slots[i % kRing].store(block);
  }
  return nullptr;
}

void* consume(void* argument) {
  auto& ring = *static_cast<Ring*>(argument);
  for (int i = 0; i < kBlocks; ++i) {
    void* block = nullptr;
    while ((block = ring.slots[i % kRing].exchange(nullptr)) == nullptr) sched_yield();
    free(block);
  }
  return nullptr;
}

}  // namespace

int main() {
  pthread_t threads[2 * kPairs];
  for (int i = 0; i < kPairs; ++i) {
    pthread_create(&threads[2 * i], nullptr, produce, &g_rings[i]);
    pthread_create(&threads[2 * i + 1], nullptr, consume, &g_rings[i]);
  }
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}
