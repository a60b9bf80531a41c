// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/resident_watch.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

class ResidentWatchTest : public testing::Test {
 protected:
  ResidentWatchTest() : m_memory(SharedMemory::create(test::smallMemory()).value()), m_watch(*m_memory) {
    m_memory->header().mappedAt.store(reinterpret_cast<std::uintptr_t>(&m_memory->header()));
  }
  void watch(std::uint32_t index, pid_t pid) {
    m_watch.watch(index, std::make_shared<const TargetProcess>(
                             TargetProcess::open(pid, static_cast<std::uint32_t>(pid)).value()));
  }
  /// Waits until so many samples have come.
  std::vector<ResidentSample> samplesOf(std::uint32_t index, std::size_t count) {
    std::vector<ResidentSample> samples;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (samples.size() < count && std::chrono::steady_clock::now() < deadline) {
      for (const ResidentSample& sample : m_watch.take(index)) samples.push_back(sample);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return samples;
  }

  std::unique_ptr<SharedMemory> m_memory;
  ResidentWatch m_watch;
};

TEST_F(ResidentWatchTest, SamplesAProcessInTheOrderOfTime) {
  watch(0, getpid());
  const auto samples = samplesOf(0, 5);
  ASSERT_GE(samples.size(), 5U);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_GT(samples[i].rssBytes, samples[i].ownBytes);
    EXPECT_GT(samples[i].ownBytes, 0U);
    if (i > 0) {
      EXPECT_GT(samples[i].atNs, samples[i - 1].atNs);
    }
  }
}

TEST_F(ResidentWatchTest, AsksForTheProportionalSetToo) {
  watch(0, getpid());
  bool known = false;
  for (int tries = 0; tries < 200 && !known; ++tries)
    for (const ResidentSample& sample : samplesOf(0, 1)) known |= sample.pssBytes != 0;
  EXPECT_TRUE(known);
}

TEST_F(ResidentWatchTest, LooksAtAllProcesses) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  watch(0, getpid());
  watch(7, child);
  EXPECT_GE(samplesOf(0, 2).size(), 2U);
  EXPECT_GE(samplesOf(7, 2).size(), 2U);
  m_watch.forget(0);
  EXPECT_TRUE(m_watch.take(0).empty());
  EXPECT_GE(samplesOf(7, 2).size(), 2U);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace heaptap::relay
