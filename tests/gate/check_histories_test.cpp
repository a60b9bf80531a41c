// SPDX-License-Identifier: Apache-2.0
//
// `heaptap check` knows how leaks came to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/gate/session_files.h"

namespace heaptap {
namespace {

using test::gatedProgram;
using test::Outcome;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kGateFails = 10;

class CheckHistories : public testing::Test {
 protected:
  std::string record(const std::string& argument) {
    return sessions.record(argument, {gatedProgram("grows_on"), argument});
  }
  std::string policy(const std::string& text) {
    return sessions.folder().write("policy.toml", text).string();
  }
  test::SessionFiles sessions;
};

constexpr const char* kMayLeakOnce = "[limits]\nleaked = \"any\"\ngrowing = 0\n";

TEST_F(CheckHistories, WhatGrowsFailsAndWhatLeaksOnceNeedNot) {
  const std::string growing = record("growing");
  const Outcome outcome = sessions.heaptap({"check", "--policy", policy(kMayLeakOnce), growing});
  EXPECT_EQ(outcome.status, kGateFails);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("bytes that have grown until the end: at most 0 B"),
                    HasSubstr("has grown to 3.91 KiB in 400 blocks, allocated by leakAtEachTurn"),
                    HasSubstr("it grew until the end; confidence: high"), Not(HasSubstr("leakAtTheStart"))));
  EXPECT_EQ(sessions.heaptap({"check", "--policy", policy(kMayLeakOnce), record("steady")}).status, 0);
  EXPECT_EQ(
      sessions.heaptap({"check", "--policy", policy("[limits]\nleaked = \"any\"\ngrowing = 4000\n"), growing})
          .status,
      0);
}

TEST_F(CheckHistories, AServerThatASignalEndsMustNotGrowEither) {
  const std::string server = record("server");
  const Outcome outcome = sessions.heaptap({"check", "--policy", policy(kMayLeakOnce), server});
  EXPECT_EQ(outcome.status, kGateFails) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("has grown to 3.91 KiB in 400 blocks"));
}

TEST_F(CheckHistories, OfAPartOfTheProgram) {
  const std::string growing = record("growing");
  const auto statusWith = [&](const std::string& function) {
    return sessions
        .heaptap(
            {"check", "--policy",
             policy("[limits]\nleaked = \"any\"\n[[rule]]\nfunction = \"" + function + "\"\ngrowing = 0\n"),
             growing})
        .status;
  };
  EXPECT_EQ(statusWith("leakAtEachTurn"), kGateFails);
  EXPECT_EQ(statusWith("leakAtTheStart"), 0);
}

TEST_F(CheckHistories, AreToldInEveryFormat) {
  const std::string growing = record("growing");
  const auto verdict = sessions.json({"check", "--format", "json", growing}, kGateFails);
  const auto& violations = verdict["checks"][1]["violations"];
  ASSERT_EQ(violations.size(), 2U);
  for (const auto& violation : violations) {
    const bool isGrowing = violation["place"]["function"].get<std::string>().starts_with("leakAtEachTurn");
    EXPECT_EQ(violation["grows"], isGrowing);
    EXPECT_GT(violation["confidence"].get<double>(), isGrowing ? 0.7 : 0.0);
  }
  const auto sarif = sessions.json({"check", "--format", "sarif", growing}, kGateFails);
  std::size_t grow = 0;
  for (const auto& result : sarif["runs"][0]["results"])
    grow += result["properties"]["grows"] == true ? 1U : 0U;
  EXPECT_EQ(grow, 1U);
  EXPECT_THAT(sessions.heaptap({"check", "--format", "junit", growing}).out,
              HasSubstr("it grew until the end"));
}

TEST_F(CheckHistories, WhereTheyAreUnknownNothingIsProven) {
  const std::string exported = (sessions.folder() / "growing.heaptrack").string();
  const std::string imported = (sessions.folder() / "imported.heaptap").string();
  ASSERT_EQ(sessions.heaptap({"export", "--format", "heaptrack", "-o", exported, record("growing")}).status,
            0);
  ASSERT_EQ(sessions.heaptap({"import", exported, "-o", imported}).status, 0);
  const Outcome outcome = sessions.heaptap({"check", "--policy", policy(kMayLeakOnce), imported});
  EXPECT_EQ(outcome.status, kGateFails) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("it is not known whether 2 leaks grow"));
  const Outcome allowed = sessions.heaptap(
      {"check", "--policy", policy(std::string("allow-incomplete = true\n") + kMayLeakOnce), imported});
  EXPECT_EQ(allowed.status, 0) << allowed.out;
  EXPECT_THAT(allowed.out, HasSubstr("it is not known whether 2 leaks grow"));
  const auto verdict = sessions.json({"check", "--format", "json", imported}, kGateFails);
  for (const auto& check : verdict["checks"])
    for (const auto& violation : check["violations"]) EXPECT_TRUE(violation["grows"].is_null());
}

TEST_F(CheckHistories, ABaselineHasThem) {
  const std::string baseline = (sessions.folder() / "baseline.json").string();
  const std::string text = "[limits]\nleaked = \"any\"\n[growth]\ngrowing = 0\n";
  EXPECT_EQ(
      sessions.heaptap({"check", "--policy", policy(text), "--write-baseline", baseline, record("steady")})
          .status,
      0);
  const Outcome outcome =
      sessions.heaptap({"check", "--policy", policy(text), "--baseline", baseline, record("growing")});
  EXPECT_EQ(outcome.status, kGateFails) << outcome.out;
  EXPECT_THAT(outcome.out,
              HasSubstr("bytes that have grown until the end are 3.91 KiB, 0 B in the baseline"));
}

}  // namespace
}  // namespace heaptap
