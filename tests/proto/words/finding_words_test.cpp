// SPDX-License-Identifier: Apache-2.0
#include "proto/words/finding_words.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(FindingWords, SayWhatWasWrong) {
  v1::FindingReport finding;
  EXPECT_EQ(findingWords(finding), "wrong use");
  finding.set_kind(v1::FINDING_DOUBLE_FREE);
  EXPECT_EQ(findingWords(finding), "double free");
  finding.set_kind(v1::FINDING_UNKNOWN_FREE);
  EXPECT_EQ(findingWords(finding), "free of what is no block");
}

TEST(FindingWords, NameBothEntryPointsOfAMismatch) {
  v1::FindingReport finding;
  finding.set_kind(v1::FINDING_MISMATCHED_FREE);
  finding.set_allocation_origin(v1::ORIGIN_NEW_ARRAY);
  finding.set_free_origin(v1::ORIGIN_FREE);
  EXPECT_EQ(findingWords(finding), "mismatched free: operator new[], then free");
}

TEST(FindingWords, NameTheSizeThatTheFreeDeclared) {
  v1::FindingReport finding;
  finding.set_kind(v1::FINDING_WRONG_SIZE);
  finding.set_free_origin(v1::ORIGIN_DELETE_SIZED);
  EXPECT_EQ(findingWords(finding), "wrong size: sized operator delete");
  finding.set_declared_size(1);
  EXPECT_EQ(findingWords(finding), "wrong size: sized operator delete of 1 byte");
}

TEST(FindingWords, NameBothAlignments) {
  v1::FindingReport finding;
  finding.set_kind(v1::FINDING_WRONG_ALIGNMENT);
  finding.set_free_origin(v1::ORIGIN_RUST_GLOBAL);
  finding.set_alignment(64);
  finding.set_declared_alignment(8);
  EXPECT_EQ(findingWords(finding),
            "wrong alignment: Rust's global allocator of a block aligned to 8, allocated to 64");
}

}  // namespace
}  // namespace heaptap
