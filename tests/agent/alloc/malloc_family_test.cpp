// SPDX-License-Identifier: Apache-2.0
//
// The malloc family of a program whose global allocator takes its place. This test is that program.
#include <gtest/gtest.h>
#include <heaptap/alloc/malloc_family.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "tests/agent/alloc/recording_allocator.h"
#include "tests/agent/alloc/system_everywhere.h"

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::test::RecordingAllocator<heaptap::RawSystem>){};
HEAPTAP_ROUTE_MALLOC(ALLOCATOR);

// C23's. Weak: neither libc nor a sanitizer may have them.
extern "C" __attribute__((weak)) void free_sized(void* block, std::size_t size) noexcept;
extern "C" __attribute__((weak)) void free_aligned_sized(void* block, std::size_t align,
                                                         std::size_t size) noexcept;

namespace heaptap {
namespace {

class MallocFamily : public testing::Test {
 protected:
  void SetUp() override {
    if (HEAPTAP_SANITIZED) GTEST_SKIP() << "the malloc family is the sanitizer's";
    m_live = ALLOCATOR.live;
    m_allocations = ALLOCATOR.allocations;
  }
  /// Blocks that were allocated, and not freed, since the test began.
  std::size_t live() const { return ALLOCATOR.live - m_live; }
  std::size_t allocations() const { return ALLOCATOR.allocations - m_allocations; }

 private:
  std::size_t m_live = 0;
  std::size_t m_allocations = 0;
};

/// So that the compiler does not replace the call by what it knows of it.
template <class Function>
Function* opaque(Function* function) {
  asm volatile("" : "+r"(function));
  return function;
}

TEST_F(MallocFamily, AllComesFromTheGlobalAllocator) {
  void* blocks[11];
  blocks[0] = opaque(malloc)(100);
  blocks[1] = opaque(calloc)(10, 10);
  blocks[2] = opaque(::realloc)(nullptr, 100);
  blocks[3] = opaque(reallocarray)(nullptr, 10, 10);
  blocks[4] = opaque(aligned_alloc)(64, 128);
  blocks[5] = opaque(memalign)(64, 100);
  EXPECT_EQ(opaque(posix_memalign)(&blocks[6], 64, 100), 0);
  blocks[7] = opaque(valloc)(100);
  blocks[8] = opaque(pvalloc)(100);
  blocks[9] = opaque(strdup)("of libc");
  blocks[10] = opaque(malloc)(0);
  const std::size_t made = live();
  EXPECT_EQ(made, 11U);
  EXPECT_TRUE(test::holds(blocks[1], 0, 100));
  for (const int aligned : {4, 5, 6}) EXPECT_TRUE(test::isAligned(blocks[aligned], 64)) << aligned;
  for (const int page : {7, 8}) EXPECT_TRUE(test::isAligned(blocks[page], 4096)) << page;
  EXPECT_GE(malloc_usable_size(blocks[8]), 4096U) << "pvalloc rounds up to whole pages";
  EXPECT_NE(blocks[10], nullptr) << "malloc(0) is a block";
  for (void* const block : blocks) EXPECT_GE(malloc_usable_size(block), 1U);
  free_sized(blocks[0], 100);
  free_aligned_sized(blocks[4], 64, 128);
  for (const int left : {1, 2, 3, 5, 6, 7, 8, 9, 10}) opaque(free)(blocks[left]);
  EXPECT_EQ(live(), 0U);
}

TEST_F(MallocFamily, ReallocKeepsWhatIsInTheBlock) {
  auto* block = static_cast<char*>(opaque(malloc)(10));
  std::memcpy(block, "ninechars", 10);
  block = static_cast<char*>(opaque(::realloc)(block, 100000));
  ASSERT_NE(block, nullptr);
  EXPECT_STREQ(block, "ninechars");
  block = static_cast<char*>(opaque(::realloc)(block, 5));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(std::memcmp(block, "ninec", 5), 0);
  EXPECT_EQ(live(), 1U);
  EXPECT_EQ(opaque(::realloc)(block, 0), nullptr) << "which frees, as in glibc";
  EXPECT_EQ(live(), 0U);
}

TEST_F(MallocFamily, SaysThatThereIsNoMemory) {
  constexpr std::size_t kTooMuch = std::size_t{PTRDIFF_MAX} + 1;
  const auto refused = [](void* block) {
    const int error = errno;
    errno = 0;
    return block == nullptr && error == ENOMEM;
  };
  errno = 0;
  EXPECT_TRUE(refused(opaque(malloc)(kTooMuch)));
  EXPECT_TRUE(refused(opaque(calloc)(SIZE_MAX / 2, 3)));
  EXPECT_TRUE(refused(opaque(reallocarray)(nullptr, SIZE_MAX / 2, 3)));
  EXPECT_TRUE(refused(opaque(memalign)(64, SIZE_MAX)));
  EXPECT_TRUE(refused(opaque(pvalloc)(SIZE_MAX)));
  char* const block = static_cast<char*>(opaque(malloc)(10));
  std::memcpy(block, "ninechars", 10);
  EXPECT_TRUE(refused(opaque(::realloc)(block, kTooMuch)));
  EXPECT_STREQ(block, "ninechars");
  ALLOCATOR.refusals = 1;
  EXPECT_TRUE(refused(opaque(malloc)(8)));
  opaque(free)(block);
  EXPECT_EQ(live(), 0U);
}

TEST_F(MallocFamily, RefusesImpossibleAlignments) {
  void* untouched = &untouched;
  for (const std::size_t align : {0U, 3U, 4U, 24U})
    EXPECT_EQ(opaque(posix_memalign)(&untouched, align, 8), EINVAL) << align;
  EXPECT_EQ(untouched, &untouched);
  ALLOCATOR.refusals = 1;
  EXPECT_EQ(opaque(posix_memalign)(&untouched, 64, 8), ENOMEM);
  EXPECT_EQ(untouched, &untouched);
  errno = 0;
  EXPECT_EQ(opaque(aligned_alloc)(24, 48), nullptr);
  EXPECT_EQ(errno, EINVAL);
  void* const block = opaque(memalign)(24, 48);
  EXPECT_TRUE(test::isAligned(block, 32)) << "memalign rounds up";
  opaque(free)(block);
}

TEST_F(MallocFamily, FreeKeepsErrno) {
  void* const large = opaque(malloc)(std::size_t{64} << 20);
  errno = EBUSY;
  opaque(free)(large);
  opaque(free)(nullptr);
  EXPECT_EQ(errno, EBUSY);
}

TEST_F(MallocFamily, IsThereWhileTheProcessForks) {
  void* const block = opaque(malloc)(100);
  const pid_t child = fork();
  if (child == 0) {
    opaque(free)(block);
    void* const more = opaque(malloc)(200);
    _exit(more != nullptr && ALLOCATOR.lastSize == 200 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  opaque(free)(block);
}

}  // namespace
}  // namespace heaptap
