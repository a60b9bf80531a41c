// SPDX-License-Identifier: Apache-2.0
//
// Names of libc's that the program, or another preloaded library, defines: heaptap must not call them.
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

std::int64_t blocksIn(const Report& report, std::string_view function) {
  std::int64_t blocks = 0;
  for (const auto& site : report.sitesIn(function)) blocks += site.at("blocks").get<std::int64_t>();
  return blocks;
}

TEST(OwnNames, OfAProgramAreNeverCalledByHeaptap) {
  const Recording recording({recordedProgram("own_names"), recordedProgram("libown_names_library.so")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().err, "");
  recording.expectConservation();
  EXPECT_EQ(blocksIn(recording, "keeps"), 110);
  EXPECT_EQ(reportsIn(recording.folder()).size(), 2U) << "the forked child has one of its own";
}

class OwnNamesOfALibrary : public testing::TestWithParam<const char*> {};

TEST_P(OwnNamesOfALibrary, AreNeverCalledByHeaptap) {
  const Recording recording({"/bin/sh", "-c", GetParam() + (" exec " + recordedProgram("plain"))},
                            {{"LIBRARY", recordedProgram("libown_names_library.so")}});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().err, "");
  std::int64_t blocks = 0;
  for (const Report& report : reportsIn(recording.folder())) blocks += blocksIn(report, "keeps");
  EXPECT_EQ(blocks, 100);
}

INSTANTIATE_TEST_SUITE_P(Preloaded, OwnNamesOfALibrary,
                         testing::Values("LD_PRELOAD=$LD_PRELOAD:$LIBRARY",
                                         "LD_PRELOAD=$LIBRARY:$LD_PRELOAD"),
                         [](const auto& test) { return test.index == 0 ? "Behind" : "InFront"; });

class OwnClock : public testing::TestWithParam<const char*> {};

TEST_P(OwnClock, ChangesNoOrder) {
  const Recording recording({recordedProgram("own_clock"), GetParam()});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "passed\n");
  recording.expectConservation();
  EXPECT_EQ(blocksIn(recording, "keeps"), 1100);
  EXPECT_EQ(recording["wrongUses"], 0) << recording.report().at("summary");
}

INSTANTIATE_TEST_SUITE_P(That, OwnClock, testing::Values("still", "back"), [](const auto& test) {
  return std::string(test.param) == "back" ? "RunsBackwards" : "StandsStill";
});

}  // namespace
}  // namespace heaptap::test
