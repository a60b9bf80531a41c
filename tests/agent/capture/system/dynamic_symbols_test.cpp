// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/dynamic_symbols.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace heaptap::capture {
namespace {

class DynamicSymbols : public testing::TestWithParam<const char*> {};

TEST_P(DynamicSymbols, AreTheOnesThatDlsymFinds) {
  EXPECT_NE(findDynamicSymbol(GetParam(), nullptr), nullptr);
  EXPECT_EQ(findDynamicSymbol(GetParam(), nullptr), dlsym(RTLD_DEFAULT, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(OfEverySort, DynamicSymbols,
                         testing::Values("malloc", "posix_memalign", "_dl_find_object", "memcpy", "strlen",
                                         "_Znwm", "pthread_create", "_ZSt4cout"));

TEST(DynamicSymbolsBehind, SkipTheObjectNamedAndThoseBefore) {
  // Defined by libc alone, unlike malloc, which sanitizers bring along.
  void* libc = findDynamicSymbol("gnu_get_libc_version", nullptr);
  EXPECT_EQ(findDynamicSymbol("gnu_get_libc_version", libc), nullptr) << "nothing behind libc defines it";
  static int here;
  EXPECT_EQ(findDynamicSymbol("gnu_get_libc_version", &here), libc);
}

TEST(DynamicSymbolsBehind, IsNullForAnUnknownName) {
  EXPECT_EQ(findDynamicSymbol("heaptap_no_such_symbol", nullptr), nullptr);
}

}  // namespace
}  // namespace heaptap::capture
