// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/demangle.h"

#include <gtest/gtest.h>

#include <string>

namespace heaptap::symbols {
namespace {

TEST(Demangle, WritesCxxNamesAsInSource) {
  EXPECT_EQ(demangle("_ZN4shop6BasketIlE3addEl"), "shop::Basket<long>::add(long)");
  EXPECT_EQ(demangle("_ZN12_GLOBAL__N_17restockEi"), "(anonymous namespace)::restock(int)");
  EXPECT_EQ(demangle("_Znwm"), "operator new(unsigned long)");
  EXPECT_EQ(demangle("_ZZN4shop7lambdasEiENKUliE_clEi"),
            "shop::lambdas(int)::{lambda(int)#1}::operator()(int) const");
}

TEST(Demangle, LeavesOutTheHashOfLegacyRustNames) {
  EXPECT_EQ(demangle("_ZN5alloc7raw_vec11finish_grow17h0123456789abcdefE"), "alloc::raw_vec::finish_grow");
  EXPECT_EQ(demangle("_ZN50_$LT$T$u20$as$u20$core..convert..From$LT$T$GT$$GT$4from17h0123456789abcdefE"),
            "<T as core::convert::From<T>>::from");
}

TEST(Demangle, ReadsRustV0Names) {
  EXPECT_EQ(demangle("_RNvC6_123foo3bar"), "123foo::bar");
  EXPECT_EQ(demangle("_RINvNtC3std3mem8align_ofjdE"), "std::mem::align_of::<usize, f64>");
}

TEST(Demangle, KeepsOtherNames) {
  EXPECT_EQ(demangle("malloc"), "malloc");
  EXPECT_EQ(demangle("_Zonk"), "_Zonk");
  EXPECT_EQ(demangle("_start"), "_start");
  EXPECT_EQ(demangle(""), "");
}

TEST(Demangle, DropsSymbolVersions) {
  EXPECT_EQ(demangle("memcpy@@GLIBC_2.14"), "memcpy");
  EXPECT_EQ(demangle("_Znwm@@GLIBCXX_3.4"), "operator new(unsigned long)");
}

TEST(Demangle, KeepsAsItIsWhatWouldGrowWithoutLimit) {
  // Each pair<S, S> doubles what the one before stands for.
  std::string name = "_Z1fSt4pairIiiE";
  for (int i = 0; i < 40; ++i) {
    const char seq = static_cast<char>(i < 10 ? '0' + i : 'A' + i - 10);
    name += i == 0 ? "St4pairIS_S_E" : std::string("St4pairIS") + seq + "_S" + seq + "_E";
  }
  EXPECT_LE(demangle(name.c_str()).size(), 512U * 1024);
  const std::string deep = "_Z1f" + std::string(50'000, 'P') + "i";
  EXPECT_FALSE(demangle(deep.c_str()).empty());
}

TEST(WithoutCloneMarks, RemovesOnlyThem) {
  EXPECT_EQ(withoutCloneMarks("f(int) [clone .isra.0] [clone .cold]"), "f(int)");
  EXPECT_EQ(withoutCloneMarks("operator delete[]"), "operator delete[]");
}

}  // namespace
}  // namespace heaptap::symbols
