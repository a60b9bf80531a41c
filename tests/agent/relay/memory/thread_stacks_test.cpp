// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/thread_stacks.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <thread>

namespace heaptap::relay {
namespace {

bool isIn(const std::vector<AddressRange>& ranges, std::uint64_t address) {
  for (const AddressRange& each : ranges)
    if (each.start <= address && address < each.end) return true;
  return false;
}

std::uint64_t addressOf(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// Of this process, as it is now.
std::vector<AddressRange> unused() {
  const auto process = TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid()));
  EXPECT_TRUE(process);
  auto words = ProcessWords::of(*process);
  EXPECT_TRUE(words);
  return unusedStacks(*process, *words, writableMappings(*process));
}

TEST(ThreadStacks, OfThreadsThatHaveEndedAreUnused) {
  std::uint64_t variable = 0;
  std::thread([&] {
    int local = 0;
    variable = addressOf(&local);
  }).join();
  EXPECT_TRUE(isIn(unused(), variable));
}

TEST(ThreadStacks, OfThreadsThatWaitAreUnusedBelowTheirStackPointers) {
  std::promise<std::uint64_t> variable;
  std::promise<void> end;
  std::thread waiting([&] {
    int local = 0;
    variable.set_value(addressOf(&local));
    end.get_future().wait();
  });
  const std::uint64_t address = variable.get_future().get();
  EXPECT_FALSE(isIn(unused(), address));
  // It may still be on its way into the wait.
  while (!isIn(unused(), address - (64 << 10))) std::this_thread::yield();
  end.set_value();
  waiting.join();
}

TEST(ThreadStacks, OfThisThreadAreInUse) {
  std::thread([] {
    const int local = 0;
    EXPECT_FALSE(isIn(unused(), addressOf(&local)));
  }).join();
}

}  // namespace
}  // namespace heaptap::relay
