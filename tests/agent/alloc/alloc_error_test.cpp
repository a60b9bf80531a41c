// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/alloc_error.h>

#include <cstdio>
#include <cstdlib>
#include <new>

namespace heaptap {
namespace {

constexpr Layout kTooMuch = Layout::fromUnchecked(std::size_t{1} << 40, 32);

TEST(AllocErrorDeathTest, EndsTheProcessWithOneLine) {
  EXPECT_DEATH(handleAllocError(kTooMuch),
               "heaptap: out of memory: no block of 1099511627776 bytes, aligned to 32\n");
}

TEST(AllocErrorDeathTest, EndsTheProcessWhenTheHookReturns) {
  const auto returning = [](Layout layout) { std::fprintf(stderr, "hook for %zu\n", layout.size()); };
  EXPECT_DEATH(
      {
        setAllocErrorHook(returning);
        handleAllocError(kTooMuch);
      },
      "^hook for 1099511627776\n$");
}

TEST(AllocError, MayBeMadeAnException) {
  EXPECT_EQ(setAllocErrorHook([](Layout /*layout*/) { throw std::bad_alloc(); }), nullptr);
  EXPECT_THROW(handleAllocError(kTooMuch), std::bad_alloc);
  EXPECT_NE(setAllocErrorHook(nullptr), nullptr);
}

}  // namespace
}  // namespace heaptap
