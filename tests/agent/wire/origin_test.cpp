// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/origin.h"

#include <gtest/gtest.h>

#include <random>

namespace heaptap::wire {
namespace {

TEST(Origin, EveryReplaceableFunctionHasItsFamily) {
  EXPECT_TRUE(belongTogether(familyOf(Origin::Calloc), familyOf(Origin::FreeSized)));
  EXPECT_TRUE(belongTogether(familyOf(Origin::OperatorNew), familyOf(Origin::DeleteSized)));
  EXPECT_TRUE(belongTogether(familyOf(Origin::NewArrayNothrow), familyOf(Origin::DeleteArray)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::NewArray), familyOf(Origin::OperatorDelete)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::OperatorNew), familyOf(Origin::Free)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::Malloc), familyOf(Origin::DeleteSized)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::NewAligned), familyOf(Origin::OperatorDelete)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::NewArrayAligned), familyOf(Origin::DeleteAligned)));
  EXPECT_TRUE(belongTogether(familyOf(Origin::RustGlobal), familyOf(Origin::RustGlobal)));
  EXPECT_TRUE(belongTogether(familyOf(Origin::ExplicitHeap), familyOf(Origin::ExplicitHeapUnsized)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::RustGlobal), familyOf(Origin::Free)));
  EXPECT_FALSE(belongTogether(familyOf(Origin::StandardAdapter), familyOf(Origin::ExplicitHeap)));
  // Nothing is known of how these end.
  EXPECT_TRUE(belongTogether(familyOf(Origin::Unknown), familyOf(Origin::Free)));
}

TEST(Origin, OnlyWhoHasALayoutDeclaresAnAlignment) {
  for (const Origin origin : {Origin::RustGlobal, Origin::StandardAdapter, Origin::ExplicitHeap})
    EXPECT_TRUE(declaresSize(origin) && declaresAlign(origin));
  EXPECT_FALSE(declaresSize(Origin::ExplicitHeapUnsized));
  EXPECT_FALSE(declaresAlign(Origin::DeleteSizedAligned));
}

TEST(FoldBlock, ChangesBothBytesWithTheAlignment) {
  for (unsigned a = 0; a < 64; ++a)
    for (unsigned b = 0; b < a; ++b) {
      const unsigned difference =
          foldBlock(Family::RustGlobal, 1000, a) ^ foldBlock(Family::RustGlobal, 1000, b);
      ASSERT_TRUE((difference & 0xFF) != 0 && difference >> 8 != 0);
    }
  EXPECT_EQ(foldBlock(Family::NewAligned, 1000, 6), foldSize(1000)) << "its frees say no alignment";
}

TEST(FoldSize, TellsAllSmallSizesApart) {
  for (std::uint64_t size = 0; size < 65'536; ++size) ASSERT_EQ(foldSize(size), size);
}

TEST(FoldSize, TellsLargeSizesApartButForOneIn65536) {
  std::mt19937_64 random(7);
  int same = 0;
  constexpr int kTries = 1'000'000;
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t size = 65'536 + random() % (1ULL << 40);
    same += foldSize(size) == foldSize(size + 1 + random() % (1ULL << 30));
  }
  EXPECT_LT(same, 3 * kTries / 65'536);
}

}  // namespace
}  // namespace heaptap::wire
