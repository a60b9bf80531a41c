// SPDX-License-Identifier: Apache-2.0
//
// Libraries that come while the program runs, in every way that a loader knows.
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kLibrary = recordedProgram("libloaded_late.so");

std::string notesOf(const Recording& recording) {
  return recording.report().at("summary").at("notes").dump();
}

TEST(DynamicLoading, TheCallersOwnRpathCounts) {
  const Recording recording({recordedProgram("loads"), "plain", kLibrary});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "neighbour found\n");
  recording.expectConservation();
  EXPECT_EQ(recording.siteIn("allocateInLibrary").value("bytes", 0), 5 * 333);
  EXPECT_EQ(recording.siteIn("allocateAtLoad").value("blocks", 0), 1);
  EXPECT_THAT(notesOf(recording), Not(HasSubstr("RTLD_DEEPBIND")));
}

TEST(DynamicLoading, AThreadMayAllocateWhileAnotherHoldsTheLoadersLock) {
  const Recording recording({recordedProgram("loads"), "while-locked", kLibrary});
  EXPECT_EQ(recording.outcome().status, 0) << "a deadlock ends by an alarm";
  recording.expectConservation();
  EXPECT_EQ(recording.siteIn("inNewThread").value("blocks", 0), 100);
  EXPECT_EQ(recording.siteIn("whileLoaderIsLocked").value("blocks", 0), 100);
}

class LibrariesThatLookPast : public testing::TestWithParam<const char*> {};

TEST_P(LibrariesThatLookPast, RunUnharmedAndAreTold) {
  const Recording recording({recordedProgram("loads"), GetParam(), kLibrary});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "neighbour found\n");
  EXPECT_THAT(notesOf(recording), HasSubstr("by dlmopen or with RTLD_DEEPBIND"));
  // What the program itself does is there; what a library in a namespace of its own allocates and frees is
  // not.
  const bool isSeen = GetParam() != std::string("namespace");
  std::int64_t own = 0;
  for (const auto& site : recording.sitesIn("useLibrary")) own += site.at("blocks").get<std::int64_t>();
  EXPECT_EQ(own, isSeen ? 5 : 5 + 1) << "the last one was freed by the library";
  std::int64_t blocks = 0;
  for (const auto& site : recording.sitesIn("allocateInLibrary")) {
    EXPECT_EQ(site.at("bytes"), 333 * site.at("blocks").get<std::int64_t>());
    blocks += site.at("blocks").get<std::int64_t>();
  }
  EXPECT_EQ(blocks, isSeen ? 5 : 0);
  EXPECT_EQ(recording["wrongUses"], 0);
}

INSTANTIATE_TEST_SUITE_P(By, LibrariesThatLookPast, testing::Values("deepbind", "namespace"),
                         [](const auto& test) { return std::string(test.param); });

// The libraries as they are linked: see tests/e2e/targets/deep_bound.cpp.
class DeepBound : public testing::TestWithParam<const char*> {};

TEST_P(DeepBound, LibrariesAreRecordedAsSoonAsTheyCanBeUsed) {
  const Recording recording(
      {recordedProgram("deep_bound"), recordedProgram(std::string("libdeep_") + GetParam() + ".so")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "fine\n");
  EXPECT_EQ(recording["wrongUses"], 0) << recording.report().at("findings");
  EXPECT_EQ(recording["unrecordedFrees"], 2) << "what the constructor allocated, each time";
  std::int64_t leaked = 0;
  for (const auto& site : recording.sitesIn("keepsInLibrary"))
    leaked += site.at("blocks").get<std::int64_t>();
  EXPECT_EQ(leaked, 10);
  EXPECT_TRUE(recording.report().at("leaks").dump().find("giveAway") == std::string::npos)
      << "what the library frees of the program's";
}

INSTANTIATE_TEST_SUITE_P(Of, DeepBound, testing::Values("lazy", "now", "noplt"),
                         [](const auto& test) { return std::string(test.param); });

// In front of libc's allocator there is one that calls it, of which such a library knows nothing either: its
// imports lead to libc's own, and still do when they are recorded.
class DeepBoundBehindAWrapper : public testing::TestWithParam<const char*> {};

TEST_P(DeepBoundBehindAWrapper, LibrariesAreRecordedToo) {
  const Recording recording(
      {recordedProgram("deep_bound"), recordedProgram(std::string("libdeep_") + GetParam() + ".so")},
      {{"LD_PRELOAD", COUNTER_LIBRARY}});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "fine\n");
  EXPECT_EQ(recording["wrongUses"], 0) << recording.report().at("findings");
  EXPECT_EQ(recording["lostFrees"], 0);
  EXPECT_EQ(recording["unrecordedFrees"], 2) << "what the constructor allocated, each time";
  std::int64_t leaked = 0;
  for (const auto& site : recording.sitesIn("keepsInLibrary"))
    leaked += site.at("blocks").get<std::int64_t>();
  EXPECT_EQ(leaked, 10);
}

INSTANTIATE_TEST_SUITE_P(Of, DeepBoundBehindAWrapper, testing::Values("now", "noplt"),
                         [](const auto& test) { return std::string(test.param); });

// As they are linked: bound at the first call or at once, by either linker, with and without a PLT, and under
// control-flow protection.
class Linkage : public testing::TestWithParam<const char*> {};

TEST_P(Linkage, CallsByNameByAddressAndByACopiedPointerAreSeen) {
  const Recording recording({recordedProgram(std::string("linkage_") + GetParam())});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  recording.expectConservation();
  std::int64_t allocations = 0;
  std::int64_t temporaries = 0;
  std::int64_t blocks = 0;
  for (const char* const function : {"byName", "byAddress", "byCopiedPointer"})
    for (const auto& site : recording.sitesIn(function)) {
      allocations += site.at("allocations").get<std::int64_t>();
      temporaries += site.at("temporaries").get<std::int64_t>();
      blocks += site.at("blocks").get<std::int64_t>();
    }
  EXPECT_EQ(allocations, 30);
  EXPECT_EQ(temporaries, 30);
  EXPECT_EQ(blocks, 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Linkage, testing::Values("lazy", "now", "gold", "noplt", "cet", "nopie"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace heaptap::test
