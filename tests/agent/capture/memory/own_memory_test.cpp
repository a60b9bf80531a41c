// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/own_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "agent/capture/attach/memory_locks.h"
#include "agent/capture/record/connection.h"
#include "tests/agent/capture/memory_for_tests.h"

namespace heaptap::capture {
namespace {

constexpr std::size_t kMany = 64U << 20;

/// In a forked child, as what a process has done to its memory cannot be undone. 0: `body` returned true.
template <class Body>
int inChild(Body&& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

std::size_t residentPages(void* at, std::size_t bytes) {
  std::vector<unsigned char> pages(bytes / 4096);
  if (mincore(at, bytes, pages.data()) != 0) return pages.size() + 1;
  return static_cast<std::size_t>(
      std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; }));
}

long lockedKib() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmLck:")) return std::stol(line.substr(6));
  return -1;
}

/// Of the mapping that holds this address, as smaps has them: "rd wr mr mw me dd nh".
std::string flagsOf(const void* at) {
  std::ifstream file("/proc/self/smaps");
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  bool isIt = false;
  for (std::string line; std::getline(file, line);) {
    unsigned long start = 0;
    unsigned long end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &start, &end) == 2) isIt = start <= address && address < end;
    if (isIt && line.starts_with("VmFlags: ")) return line.substr(8) + " ";
  }
  return {};
}

TEST(OwnMemory, IsThereOnlyWhereItWasTouched) {
  auto* const memory = static_cast<char*>(takeOwnMemory(kMany));
  ASSERT_NE(memory, nullptr);
  EXPECT_LE(residentPages(memory, kMany), 1U);
  memory[kMany / 2] = 1;
  EXPECT_LE(residentPages(memory, kMany), 2U);
  EXPECT_TRUE(isOwnMemory(reinterpret_cast<std::uintptr_t>(memory) + kMany - 1));
  EXPECT_FALSE(isOwnMemory(reinterpret_cast<std::uintptr_t>(&memory)));
  giveOwnMemoryBack(memory, kMany);
  EXPECT_FALSE(isOwnMemory(reinterpret_cast<std::uintptr_t>(memory)));
}

TEST(OwnMemory, IsNoPartOfACoreFileAndTakesNoHugePagesByItself) {
  void* const memory = takeOwnMemory(kMany);
  EXPECT_NE(flagsOf(memory).find(" dd "), std::string::npos) << flagsOf(memory);
  giveOwnMemoryBack(memory, kMany);
}

TEST(OwnMemory, ThatAskedForHugePagesIsAlignedToThem) {
  void* const memory = takeOwnMemory(4U << 20, OwnPages::Huge);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % (2U << 20), 0U);
  giveOwnMemoryBack(memory, 4U << 20);
}

TEST(OwnMemory, IsNeitherLockedNorRealWhereAllFutureMemoryIs) {
  EXPECT_EQ(inChild([] {
              if (mlockall(MCL_FUTURE) != 0) return false;
              const long before = lockedKib();
              void* const memory = takeOwnMemory(kMany);
              return memory != nullptr && residentPages(memory, kMany) <= 1 && lockedKib() < before + 1024;
            }),
            0);
}

TEST(OwnMemory, OfAFileIsNeitherLockedNorRealWhereAllFutureMemoryIs) {
  EXPECT_EQ(inChild([] {
              const int file = memfd_create("shared", MFD_CLOEXEC);
              if (ftruncate(file, kMany) != 0 || mlockall(MCL_FUTURE) != 0) return false;
              const long before = lockedKib();
              void* const memory = mapShared(file, 0, kMany);
              return memory != nullptr && residentPages(memory, kMany) <= 1 && lockedKib() < before + 1024;
            }),
            0);
}

TEST(OwnMemory, StaysUnlockedWhenTheProgramLocksAllItHas) {
  EXPECT_EQ(inChild([] {
              const PreparedMemory shared(kSmallMemory);
              g_connection.header = shared.header();
              void* const memory = takeOwnMemory(kMany);
              std::vector<char> programs(1 << 20);
              std::memset(programs.data(), 1, programs.size());
              return lockAllButOwnMemory(MCL_CURRENT | MCL_FUTURE) == 0 && lockedKib() >= 1024 &&
                     residentPages(memory, kMany) <= 1 && flagsOf(memory).find(" lo ") == std::string::npos &&
                     flagsOf(programs.data()).find(" lo ") != std::string::npos;
            }),
            0);
}

TEST(OwnMemory, LiesInOnePieceThatTheRelayIsToldOf) {
  EXPECT_EQ(inChild([] {
              const PreparedMemory shared(kSmallMemory);
              openOwnMemory(shared.header());
              const auto first = reinterpret_cast<std::uintptr_t>(takeOwnMemory(100));
              const auto second = reinterpret_cast<std::uintptr_t>(takeOwnMemory(10'000));
              const wire::OwnArea& area = shared.header()->ownAreas[0];
              return first == area.start.load() && second == first + 4096 && area.bytes.load() == 4 * 4096 &&
                     shared.header()->ownAreaCount.load() == 1;
            }),
            0);
}

TEST(OwnMemory, LiesElsewhereWhereItsPlaceIsTaken) {
  EXPECT_EQ(inChild([] {
              const PreparedMemory shared(kSmallMemory);
              openOwnMemory(shared.header());
              void* const place = reinterpret_cast<void*>(shared.header()->ownAreas[0].start.load() + 4096);
              if (mmap(place, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != place)
                return false;
              auto* const memory = static_cast<char*>(takeOwnMemory(3 * 4096));
              if (memory == nullptr) return false;
              std::memset(memory, 1, 3 * 4096);
              return isOwnMemory(reinterpret_cast<std::uintptr_t>(memory)) &&
                     shared.header()->ownAreas[1].bytes.load() == 3 * 4096;
            }),
            0);
}

}  // namespace
}  // namespace heaptap::capture
