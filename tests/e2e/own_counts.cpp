// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/own_counts.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace heaptap::test {

using nlohmann::json;

OwnCounts ownCounts(const std::string& output) {
  OwnCounts counts;
  const auto line = output.find("allocations");
  if (line == std::string::npos || std::sscanf(output.c_str() + line, "allocations %ld frees %ld",
                                               &counts.allocations, &counts.frees) != 2)
    ADD_FAILURE() << "the program did not come to its end: " << output;
  return counts;
}

void expectConservation(const json& report) {
  const json& summary = report.at("summary");
  EXPECT_EQ(summary.value("allocations", -1L) - summary.value("frees", -1L),
            summary.value("leakedBlocks", -2L));
  long allocations = 0;
  long blocks = 0;
  long bytes = 0;
  for (const json& site : report.at("sites")) {
    allocations += site.at("allocations").get<long>();
    blocks += site.at("blocks").get<long>();
    bytes += site.at("bytes").get<long>();
  }
  EXPECT_EQ(allocations, summary.value("allocations", -1L));
  EXPECT_EQ(blocks, summary.value("leakedBlocks", -1L));
  EXPECT_EQ(bytes, summary.value("leakedBytes", -1L));
  EXPECT_EQ(summary.value("unmatchedFrees", -1L), 0);
  if (summary.value("droppedEvents", -1L) == 0) {
    EXPECT_EQ(summary.value("unrecordedFrees", -1L), 0);
    EXPECT_EQ(summary.value("lostFrees", -1L), 0);
  }
}

void expectOwnCounts(const json& report, const OwnCounts& own) {
  long allocations = 0;
  long live = 0;
  for (const json& site : report.at("sites")) {
    const json& function = site.at("stack").empty() ? json() : site["stack"][0].at("function");
    if (!function.is_string() || function.get<std::string>().find("counted::") == std::string::npos) continue;
    allocations += site.at("allocations").get<long>();
    live += site.at("blocks").get<long>();
  }
  const json& summary = report.at("summary");
  const auto number = [&summary](const char* name) { return summary.value(name, -1L); };
  EXPECT_EQ(allocations + number("droppedAllocations"), own.allocations) << summary;
  // A free whose allocation was dropped is told as unrecorded. One that was dropped itself leaves its block
  // live, or closed as a lost free once the address is handed out again.
  const long frees =
      allocations - live - number("lostFrees") + number("unrecordedFrees") + number("droppedFrees");
  // What a thread wrote last may be the begin of a realloc, whose end was dropped: then the block stays live.
  const long threads = number("droppedEvents") == 0 ? 0 : number("threads");
  EXPECT_LE(frees, own.frees) << summary;
  EXPECT_GE(frees, own.frees - threads) << summary;
}

}  // namespace heaptap::test
