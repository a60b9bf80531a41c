// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numeric>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

TEST(ExactCounts, OfAHeapThatCanBeCountedByHand) {
  const Recording recording({recordedProgram("known_heap")});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  EXPECT_EQ(recording["allocations"], baseline()["allocations"] + 10 + 50 + 10 + 3);
  EXPECT_EQ(recording["allocatedBytes"],
            baseline()["allocatedBytes"] + 10 * 100 + 50 * 64 + 10 * 100'000 + 3 * 5000);
  EXPECT_EQ(recording["leakedBlocks"], baseline()["leakedBlocks"] + 13);
  EXPECT_EQ(recording["leakedBytes"], baseline()["leakedBytes"] + 16'000);
  EXPECT_EQ(recording["peakBytes"], baseline()["leakedBytes"] + 1000 + 1'000'000);
  // churn()'s, and the last block of peak(): freed by its thread before that allocated again.
  EXPECT_EQ(recording["temporaryAllocations"], baseline()["temporaryAllocations"] + 50 + 1);
  EXPECT_EQ(recording["threads"], 1);
}

TEST(ExactCounts, OfEachSite) {
  const Recording recording({recordedProgram("known_heap")});
  const auto ten = recording.siteIn("shop::leakTen");
  EXPECT_EQ(ten.value("bytes", 0), 1000);
  EXPECT_EQ(ten.value("blocks", 0), 10);
  EXPECT_EQ(ten.value("allocations", 0), 10);
  EXPECT_EQ(ten.value("peakBytes", 0), 1000);
  const auto peak = recording.siteIn("shop::peak");
  EXPECT_EQ(peak.value("bytes", -1), 0);
  EXPECT_EQ(peak.value("peakBytes", 0), 1'000'000);
  const auto churn = recording.siteIn("shop::churn");
  EXPECT_EQ(churn.value("temporaries", 0), 50);
  EXPECT_EQ(churn.value("allocations", 0), 50);
  ASSERT_EQ(churn.at("sizeHistogram").size(), 1U);
  EXPECT_EQ(churn["sizeHistogram"][0].value("minBytes", 0), 64);
  EXPECT_EQ(churn["sizeHistogram"][0].value("allocations", 0), 50);
}

TEST(ExactCounts, OfEveryEntryPoint) {
  const Recording recording({recordedProgram("every_entry_point")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  // Ten that stay, and the one of nine bytes that was freed.
  EXPECT_EQ(recording["allocations"], baseline()["allocations"] + 11);
  EXPECT_EQ(recording["leakedBlocks"], baseline()["leakedBlocks"] + 10);
  EXPECT_EQ(recording["leakedBytes"],
            baseline()["leakedBytes"] + 1 + 15 + 21 + 21 + 128 + 300 + 1000 + 10 + 11 + 77);
}

// What one of its functions does for another counts once, as the program's call.
TEST(ExactCounts, OfAnAllocatorWhoseFunctionsCallOneAnother) {
  const Recording libcs({recordedProgram("every_entry_point")});
  const Recording recording({recordedProgram("layered_entry_points")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  for (const char* name : {"allocations", "frees", "leakedBlocks", "leakedBytes"})
    EXPECT_EQ(recording[name], libcs[name]) << name;
}

TEST(ExactCounts, OfReallocationsInPlaceMovedAndFailed) {
  const Recording recording({recordedProgram("reallocations")});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  // 1 + 20, 33 bytes once, the large block twice.
  EXPECT_EQ(recording["allocations"], baseline()["allocations"] + 21 + 1 + 2);
  EXPECT_EQ(recording["leakedBlocks"], baseline()["leakedBlocks"] + 2);
  const std::int64_t large = (5LL << 30) + 7;
  EXPECT_EQ(recording["leakedBytes"], baseline()["leakedBytes"] + 20'016 + large);
  EXPECT_EQ(recording["peakBytes"], baseline()["leakedBytes"] + 20'016 + large)
      << "both blocks of a realloc counted";
}

TEST(ExactCounts, IncludeWhatComesBeforeTheLibrarysOwnConstructor) {
  const Recording recording({recordedProgram("early_allocation")});
  recording.expectConservation();
  const auto early = recording.siteIn("allocateEarly");
  EXPECT_EQ(early.value("allocations", 0), 3);
  EXPECT_EQ(early.value("blocks", 0), 2);
  EXPECT_EQ(early.value("bytes", 0), 2222);
}

TEST(ExactCounts, AreTheSameEachTime) {
  const Recording first({recordedProgram("known_heap")});
  const Recording second({recordedProgram("known_heap")});
  for (const char* name :
       {"allocations", "frees", "allocatedBytes", "peakBytes", "leakedBlocks", "temporaryAllocations"}) {
    EXPECT_EQ(first[name], second[name]) << name;
  }
}

TEST(ExactCounts, ShowNothingOfTheAgentItself) {
  for (const auto& site : baseline().report().at("sites")) {
    for (const auto& line : site.at("stack")) {
      EXPECT_EQ(line.at("module").get<std::string>().find("heaptap_preload"), std::string::npos)
          << site.dump(1);
      EXPECT_EQ(line.at("module").get<std::string>().find("libheaptap.so"), std::string::npos)
          << site.dump(1);
    }
  }
}

}  // namespace
}  // namespace heaptap::test
