// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/memory_probe.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>

#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

/// Resident bytes of the mapping that begins at `start`, as /proc/self/smaps has them.
std::uint64_t residentBytesAt(const void* start) {
  std::ifstream smaps("/proc/self/smaps");
  char first[32];
  std::snprintf(first, sizeof first, "%lx-",
                static_cast<unsigned long>(reinterpret_cast<std::uintptr_t>(start)));
  std::string line;
  while (std::getline(smaps, line) && !line.starts_with(first)) {
  }
  while (std::getline(smaps, line))
    if (line.starts_with("Rss:")) return std::stoull(line.substr(4)) * 1024;
  return 0;
}

/// Behind the back of a sanitizer, which would take memory for it, too.
__attribute__((no_sanitize("address"))) void* residentBlock(std::uint64_t bytes) {
  auto* const block = reinterpret_cast<volatile char*>(
      syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (std::uint64_t at = 0; at < bytes; at += 4096) block[at] = 1;
  return const_cast<char*>(block);
}

/// This process as a target: it maps the memory a second time.
class MemoryProbeTest : public testing::Test {
 protected:
  MemoryProbeTest() : m_memory(SharedMemory::create(test::smallMemory()).value()) {
    m_mapped = static_cast<char*>(mmap(nullptr, m_memory->geometry().totalBytes, PROT_READ | PROT_WRITE,
                                       MAP_SHARED, m_memory->descriptor(), 0));
  }
  ~MemoryProbeTest() override { munmap(m_mapped, m_memory->geometry().totalBytes); }

  void attach() { m_memory->header().mappedAt.store(reinterpret_cast<std::uintptr_t>(m_mapped)); }
  static std::shared_ptr<const TargetProcess> process(pid_t pid) {
    return std::make_shared<const TargetProcess>(
        TargetProcess::open(pid, static_cast<std::uint32_t>(pid)).value());
  }

  std::unique_ptr<SharedMemory> m_memory;
  char* m_mapped;
};

TEST_F(MemoryProbeTest, SaysNothingBeforeTheTargetHasMappedTheMemory) {
  MemoryProbe probe(process(getpid()), *m_memory);
  EXPECT_FALSE(probe.look(false));
  EXPECT_FALSE(probe.isOver());
  attach();
  EXPECT_TRUE(probe.look(false));
}

TEST_F(MemoryProbeTest, CountsThePoolAsTheKernelDoes) {
  attach();
  const wire::Geometry& g = m_memory->geometry();
  for (std::uint32_t i = 0; i < g.chunkCount; i += 2) m_mapped[g.chunks + i * wire::kChunkBytes] = 1;
  m_mapped[0] = m_mapped[0];
  MemoryProbe probe(process(getpid()), *m_memory);
  const auto sample = probe.look(false);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->ownBytes, residentBytesAt(m_mapped));
  EXPECT_GE(sample->ownBytes, g.chunkCount / 2 * wire::kPage);
}

TEST_F(MemoryProbeTest, CountsThePrivateMemoryThatTheAgentTellsOf) {
  attach();
  m_mapped[0] = m_mapped[0];
  MemoryProbe probe(process(getpid()), *m_memory);
  const auto before = probe.look(false);
  constexpr std::uint64_t kBytes = 8 * kMiB;
  void* const area = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(area, kBytes, MADV_NOHUGEPAGE);
  std::memset(area, 1, 3 * kMiB);
  wire::Header& header = m_memory->header();
  header.ownAreaCount.store(1);
  header.ownAreas[0].start.store(reinterpret_cast<std::uintptr_t>(area));
  header.ownAreas[0].bytes.store(kBytes);
  const auto after = probe.look(false);
  munmap(area, kBytes);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->ownBytes, before->ownBytes + 3 * kMiB);
}

TEST_F(MemoryProbeTest, DoesNotBelieveAnArea) {
  attach();
  wire::Header& header = m_memory->header();
  header.ownAreaCount.store(0xFFFF'FFFF);
  header.ownAreas[0].start.store(0xFFFF'FFFF'FFFF'F000);
  header.ownAreas[0].bytes.store(1);
  header.ownAreas[1].start.store(0x1000);
  header.ownAreas[1].bytes.store(1ULL << 46);
  MemoryProbe probe(process(getpid()), *m_memory);
  EXPECT_TRUE(probe.look(false));
  header.mappedAt.store(0xFFFF'FFFF'FFFF'0000);
  EXPECT_FALSE(probe.look(false));
}

TEST_F(MemoryProbeTest, SeesWhatTheProcessTakesInMemory) {
  attach();
  MemoryProbe probe(process(getpid()), *m_memory);
  const auto before = probe.look(true);
  constexpr std::uint64_t kBytes = 64 * kMiB;
  void* const block = residentBlock(kBytes);
  const auto after = probe.look(true);
  munmap(block, kBytes);
  const auto cheap = probe.look(false);
  ASSERT_TRUE(before && after && cheap);
  // The test itself needs a little.
  EXPECT_NEAR(static_cast<double>(after->rssBytes - before->rssBytes), kBytes, kMiB);
  // Beside that, what is shared with other processes counts for more or less as these come and go.
  EXPECT_NEAR(static_cast<double>(after->pssBytes - before->pssBytes), kBytes, 16 * kMiB);
  EXPECT_EQ(cheap->pssBytes, 0U) << "not asked for";
  EXPECT_GT(after->atNs, before->atNs);
}

TEST_F(MemoryProbeTest, SeesTheLargestThatItWas) {
  attach();
  MemoryProbe probe(process(getpid()), *m_memory);
  const auto before = probe.look(true);
  constexpr std::uint64_t kBytes = 256 * kMiB;
  void* const block = residentBlock(kBytes);
  munmap(block, kBytes);
  const auto after = probe.look(false);
  ASSERT_TRUE(before && after);
  // The kernel notes it by counters of each processor, which lag: by more, the more processors there are.
  EXPECT_GE(after->maxRssBytes, before->rssBytes + kBytes / 2);
  EXPECT_LT(after->rssBytes, before->rssBytes + kBytes / 2);
}

TEST_F(MemoryProbeTest, IsOverWhenAnotherImageHasTakenTheProcess) {
  attach();
  int begin[2];
  int executed[2];
  ASSERT_EQ(pipe2(begin, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(executed, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    char go = 0;
    static_cast<void>(read(begin[0], &go, 1));
    execl("/bin/sleep", "sleep", "1000", nullptr);
    _exit(99);
  }
  close(executed[1]);
  MemoryProbe probe(process(child), *m_memory);
  EXPECT_TRUE(probe.look(false));
  static_cast<void>(write(begin[1], "x", 1));
  char end = 0;
  EXPECT_EQ(read(executed[0], &end, 1), 0);  // The exec has closed the other end.
  EXPECT_FALSE(probe.look(true));
  EXPECT_TRUE(probe.isOver());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(MemoryProbeTest, IsOverWhenTheProcessHasEnded) {
  attach();
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  MemoryProbe probe(process(child), *m_memory);
  EXPECT_TRUE(probe.look(false));
  kill(child, SIGKILL);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);  // Still a zombie.
  EXPECT_FALSE(probe.look(false));
  EXPECT_TRUE(probe.isOver());
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(probe.look(true));
}

}  // namespace
}  // namespace heaptap::relay
