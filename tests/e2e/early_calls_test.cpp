// SPDX-License-Identifier: Apache-2.0
//
// Allocations that come before libc has an environment, or before the loader has relocated heaptap.
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

std::int64_t bytesIn(const Report& report, std::string_view function) {
  std::int64_t bytes = 0;
  for (const auto& site : report.sitesIn(function)) bytes += site.at("bytes").get<std::int64_t>();
  return bytes;
}

class EarlyCalls : public testing::TestWithParam<const char*> {};

TEST_P(EarlyCalls, AreRecorded) {
  const Recording recording({recordedProgram(GetParam())});
  ASSERT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().err, "");
  recording.expectConservation();
  EXPECT_EQ(recording["leakedBlocks"], 6 + 10);
  EXPECT_EQ(recording["wrongUses"], 0);
  EXPECT_EQ(bytesIn(recording, "allocateEarly"), 6 * 77);
  EXPECT_EQ(bytesIn(recording, "keeps"), 10 * 33);
}

INSTANTIATE_TEST_SUITE_P(Of, EarlyCalls,
                         testing::Values("early_preinit", "early_resolver", "uses_early_library_resolver",
                                         "uses_early_library_constructor"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace heaptap::test
