// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/mimalloc.h>

#include <cstdlib>
#include <string>

#include "tests/agent/alloc/contract.h"

extern "C" bool mi_is_in_heap_region(const void* address) noexcept;

namespace heaptap {
namespace {

static_assert(std::is_empty_v<Mimalloc>);
static_assert(SelfDescribing<const Mimalloc>);
constexpr Layout kHundred = Layout::fromUnchecked(100, 8);

TEST(Mimalloc, KeepsTheContract) {
  expectContract(Mimalloc());
  expectContract(Guarded<Mimalloc>());
}

TEST(Mimalloc, KeepsTheContractFromThreads) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "mimalloc hands blocks from thread to thread by atomics that ThreadSanitizer does not see";
#endif
  expectContractFromThreads(Mimalloc(), 300);
}

TEST(Mimalloc, LeavesMallocAndTheOperatorsAlone) {
  for (const char* const name :
       {"malloc", "free", "calloc", "realloc", "posix_memalign", "_Znwm", "_ZdlPv"}) {
    void* const function = dlsym(RTLD_DEFAULT, name);
    Dl_info where{};
    ASSERT_NE(dladdr(function, &where), 0) << name;
    EXPECT_EQ(std::string(where.dli_fname).find("libheaptap_mi"), std::string::npos) << name;
  }
  Dl_info own{};
  ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, "mi_malloc"), &own), 0);
  EXPECT_THAT(own.dli_fname, testing::EndsWith("libheaptap_mi.so")) << "its own interface is there";

  void* const libc = std::malloc(100);
  auto* const byOperator = new std::string(100, 'x');
  EXPECT_FALSE(mi_is_in_heap_region(libc));
  EXPECT_FALSE(mi_is_in_heap_region(byOperator));
  EXPECT_FALSE(mi_is_in_heap_region(byOperator->data()));
  std::free(libc);
  delete byOperator;
}

TEST(Mimalloc, KnowsItsBlocks) {
  const Mimalloc heap;
  void* const block = heap.alloc(kHundred);
  EXPECT_EQ(heap.usableSize(block, kHundred), 112U);
  EXPECT_TRUE(heap.growInPlace(block, kHundred, 112));
  EXPECT_FALSE(heap.growInPlace(block, kHundred, 113));
  heap.deallocUnsized(block);
}

TEST(Mimalloc, DumpsStatistics) {
  Mimalloc().dealloc(Mimalloc().alloc(kHundred), kHundred);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  ASSERT_NE(file, nullptr);
  Mimalloc::collect();
  Mimalloc::dumpStatistics(file.get());
  std::rewind(file.get());
  std::string text(std::size_t{1} << 16, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  EXPECT_THAT(text, testing::HasSubstr("heap stats:"));
}

}  // namespace
}  // namespace heaptap
