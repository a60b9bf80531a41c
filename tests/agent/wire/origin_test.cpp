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
  // Nothing is known of how these end.
  EXPECT_TRUE(belongTogether(familyOf(Origin::RustGlobal), familyOf(Origin::Free)));
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
