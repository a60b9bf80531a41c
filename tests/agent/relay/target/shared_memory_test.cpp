// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/shared_memory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <set>
#include <thread>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

using test::freeChunks;
using test::smallMemory;

TEST(SharedMemory, EveryChunkIsInThePoolOnce) {
  const auto memory = SharedMemory::create(smallMemory()).value();
  EXPECT_EQ(freeChunks(*memory), 16U);
  std::set<std::uint32_t> seen;
  std::uint32_t reference = wire::FreeList::reference(memory->header().freeChunks.head.load());
  while (reference != wire::kNoChunk) {
    ASSERT_TRUE(seen.insert(reference).second);
    reference = wire::linked(memory->chunk(reference)->nextFree, reference, 16);
  }
  EXPECT_EQ(seen.size(), 16U);
}

// The list of all chunks is there without a page of the pool being touched.
TEST(SharedMemory, ANewPoolTakesNoMemory) {
  const auto memory = SharedMemory::create({}).value();
  EXPECT_EQ(freeChunks(*memory), memory->geometry().chunkCount);
  struct stat status {};
  ASSERT_EQ(fstat(memory->descriptor(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 9 << 20) << "as much as is kept ready for the first events";
}

TEST(SharedMemory, ItsSizeIsSealed) {
  const auto memory = SharedMemory::create(smallMemory()).value();
  struct stat status {};
  ASSERT_EQ(fstat(memory->descriptor(), &status), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(status.st_size), memory->geometry().totalBytes);
  EXPECT_EQ(ftruncate(memory->descriptor(), 0), -1);
  EXPECT_EQ(ftruncate(memory->descriptor(), status.st_size * 2), -1);
  EXPECT_EQ(fcntl(memory->descriptor(), F_ADD_SEALS, F_SEAL_WRITE), -1)
      << "a target must not take writing away";
}

TEST(SharedMemory, ReferencesBeyondTheGeometryLeadNowhere) {
  const auto memory = SharedMemory::create(smallMemory()).value();
  EXPECT_EQ(memory->chunk(0), nullptr);
  EXPECT_NE(memory->chunk(16), nullptr);
  EXPECT_EQ(memory->chunk(17), nullptr);
  EXPECT_EQ(memory->slot(8), nullptr);
  EXPECT_EQ(memory->frame(1024), nullptr);
  EXPECT_EQ(memory->node(4096), nullptr);
  EXPECT_EQ(memory->module(8), nullptr);
  EXPECT_EQ(memory->text(4000, 96).size(), 96U);
  EXPECT_TRUE(memory->text(4000, 97).empty());
}

std::int64_t bytesBacked(const SharedMemory& memory) {
  struct stat status {};
  EXPECT_EQ(fstat(memory.descriptor(), &status), 0);
  return status.st_blocks * 512;
}

TEST(SharedMemory, PagesComeAheadOfUseAndKeepWhatIsInThem) {
  auto options = smallMemory();
  options.capacity.poolBytes = 64 << 20;
  const auto memory = SharedMemory::create(options).value();
  for (int i = 0; i < 100; ++i) memory->backAhead();
  EXPECT_LT(bytesBacked(*memory), 2 << 20) << "nothing is used yet";
  const std::uint32_t last = memory->geometry().chunkCount;
  memory->chunk(last)->published = 4711;
  memory->header().freeChunks.head = 0;  // All chunks are in use.
  for (int i = 0; i < 100; ++i) memory->backAhead();
  EXPECT_GE(bytesBacked(*memory), 64 << 20);
  EXPECT_EQ(memory->chunk(last)->published, 4711U);
}

TEST(SharedMemory, ReturningAChunkWakesAWaitingThread) {
  const auto memory = SharedMemory::create(smallMemory()).value();
  test::StreamWriter writer(*memory, 1);
  writer.free(1, 0x10);
  wire::Header& h = memory->header();
  const std::uint32_t before = h.progress.load();
  std::thread waiter([&] {
    h.waiters.store(1);
    while (h.progress.load() == before)
      syscall(SYS_futex, &h.progress, FUTEX_WAIT, before, nullptr, nullptr, 0);
  });
  while (h.waiters.load() == 0) std::this_thread::yield();
  memory->returnChunk(writer.chunkReference());
  waiter.join();
  EXPECT_EQ(freeChunks(*memory), 16U);
}

TEST(SharedMemory, ControlBitsFollowPauseResumeAndStop) {
  const auto memory = SharedMemory::create(smallMemory()).value();
  EXPECT_EQ(memory->header().control.load(), 0U);
  memory->pause();
  EXPECT_EQ(memory->header().control.load(), wire::kControlPaused);
  memory->resume();
  EXPECT_EQ(memory->header().control.load(), 0U);
  EXPECT_TRUE(memory->hasUnrecorded());
  memory->stop();
  EXPECT_EQ(memory->header().control.load(), wire::kControlStopped);
}

/// What the target tests: the relay is gone when the futex word is 0 or marked.
bool relayIsGone(const wire::Header& header) {
  const std::uint32_t word = header.relayAlive.load();
  return word == 0 || (word & wire::kFutexOwnerDied) != 0;
}

wire::Header* mapAgain(const SharedMemory& memory) {
  void* const at =
      mmap(nullptr, memory.geometry().totalBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.descriptor(), 0);
  return static_cast<wire::Header*>(at);
}

TEST(RelayAlive, TheWordTellsWhenTheMemoryIsGivenUp) {
  auto memory = SharedMemory::create(smallMemory()).value();
  wire::Header* const header = mapAgain(*memory);
  EXPECT_FALSE(relayIsGone(*header));
  memory.reset();
  EXPECT_TRUE(relayIsGone(*header));
}

TEST(RelayAlive, TheWordTellsWhenTheRelayIsKilled) {
  const UniqueFd shared(memfd_create("handover", 0));
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t relay = fork();
  if (relay == 0) {
    const auto memory = SharedMemory::create(smallMemory()).value();
    const int fd = memory->descriptor();
    static_cast<void>(write(ready[1], &fd, sizeof fd));
    for (;;) pause();
  }
  int fd = -1;
  ASSERT_EQ(read(ready[0], &fd, sizeof fd), static_cast<ssize_t>(sizeof fd));
  const std::string path = "/proc/" + std::to_string(relay) + "/fd/" + std::to_string(fd);
  const UniqueFd memory(open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(memory);
  void* const at = mmap(nullptr, sizeof(wire::Header), PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  ASSERT_NE(at, MAP_FAILED);
  const auto& header = *static_cast<wire::Header*>(at);
  EXPECT_FALSE(relayIsGone(header));
  kill(relay, SIGKILL);
  waitpid(relay, nullptr, 0);
  EXPECT_TRUE(relayIsGone(header));
}

}  // namespace
}  // namespace heaptap::relay
