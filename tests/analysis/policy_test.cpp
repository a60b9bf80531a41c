// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/policy/baseline.h"

namespace heaptap::analysis {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Policy read(std::string_view text) {
  auto policy = parsePolicy("heaptap.toml", text);
  EXPECT_TRUE(policy) << (policy ? "" : policy.error().line());
  return policy.value_or(Policy());
}

std::string errorOf(std::string_view text) {
  const auto policy = parsePolicy("heaptap.toml", text);
  if (policy) return "no error";
  EXPECT_EQ(policy.error().code, Code::Usage);
  return policy.error().line();
}

TEST(Policy, EveryMetricHasALimitAndAGrowth) {
  const Policy policy = read(R"(
suppressions = ["leaks.supp"]
allow-incomplete = true
[limits]
leaked = "1 KiB"
leaked-blocks = 3
peak = "64MiB"
allocations = 100_000
allocated = 4096
temporary = "any"
findings = 0
[growth]
peak = "5 %"
leaked = 0
allocations = "2.5%"
allocated = "1 MiB"
findings = "any"
)");
  EXPECT_EQ(policy.suppressions, std::vector<std::string>{"leaks.supp"});
  EXPECT_TRUE(policy.allowsIncomplete);
  const auto& limits = policy.whole.limits;
  EXPECT_EQ(limits[Metric::Leaked], Limit{.most = 1024});
  EXPECT_EQ(limits[Metric::LeakedBlocks], Limit{.most = 3});
  EXPECT_EQ(limits[Metric::Peak], Limit{.most = 64 << 20});
  EXPECT_EQ(limits[Metric::Allocations], Limit{.most = 100'000});
  EXPECT_EQ(limits[Metric::Allocated], Limit{.most = 4096});
  EXPECT_EQ(limits[Metric::Temporary], Limit{});
  EXPECT_EQ(limits[Metric::Findings], Limit{.most = 0});
  const auto& growth = policy.whole.growth;
  EXPECT_EQ(growth[Metric::Peak]->allowed(1000), 50U);
  EXPECT_EQ(growth[Metric::Leaked]->allowed(1000), 0U);
  EXPECT_EQ(growth[Metric::Allocations]->allowed(1000), 25U);
  EXPECT_EQ(growth[Metric::Allocated]->allowed(1000), 1U << 20);
  EXPECT_TRUE(growth[Metric::Findings]->isAny);
  EXPECT_FALSE(growth[Metric::Temporary]);
}

TEST(Policy, RulesAreOfAPart) {
  const Policy policy = read(R"(
[[rule]]
function = "^parse*"
leaked = 0
growth = { peak = "10 %" }
[[rule]]
name = "plugins"
module = "lib*.so"
file = "src/"
heap = "arena"
allocations = 5
)");
  ASSERT_EQ(policy.rules.size(), 2U);
  EXPECT_EQ(policy.rules[0].name, "function ^parse*");
  EXPECT_EQ(policy.rules[0].limits[Metric::Leaked], Limit{.most = 0});
  EXPECT_TRUE(policy.rules[0].growth[Metric::Peak]);
  EXPECT_EQ(policy.rules[1].name, "plugins");
  EXPECT_EQ(policy.rules[1].scope, (RuleScope{.function = {}, .module = "lib*.so", .file = "src/", .heap = "arena"}));
  EXPECT_EQ(read(""), Policy());
}

TEST(Policy, WhatIsWrongIsSaidWithLineAndColumn) {
  EXPECT_THAT(errorOf("[limits]\nleak = 0\n"),
              AllOf(StartsWith("heaptap.toml:2:1: 'leak' is no key here"), HasSubstr("leaked-blocks, growing, peak")));
  EXPECT_THAT(errorOf("[limit]\nleaked = 0\n"),
              AllOf(StartsWith("heaptap.toml:1:2: 'limit'"), HasSubstr("limits, growth")));
  EXPECT_THAT(errorOf("[limits]\nleaked = 0\npeak =\n"), StartsWith("heaptap.toml:3:"));
  EXPECT_THAT(errorOf("[limits]\npeak = \"a lot\"\n"),
              AllOf(StartsWith("heaptap.toml:2:8: peak takes a size"), HasSubstr("64 MiB")));
  EXPECT_THAT(errorOf("[limits]\npeak = -1\n"), StartsWith("heaptap.toml:2:8: peak must not be negative"));
  EXPECT_THAT(errorOf("[limits]\nallocations = \"1 KiB\"\n"),
              StartsWith("heaptap.toml:2:15: allocations takes a number"));
  EXPECT_THAT(errorOf("[limits]\nallocations = 1.5\n"), StartsWith("heaptap.toml:2:15: "));
  EXPECT_THAT(errorOf("[growth]\npeak = \"-5 %\"\n"),
              StartsWith("heaptap.toml:2:8: '-5 %' is no percentage"));
  EXPECT_THAT(errorOf("[growth]\npeak = \"nan %\"\n"), StartsWith("heaptap.toml:2:8: "));
  EXPECT_THAT(errorOf("limits = 3\n"), StartsWith("heaptap.toml:1:10: limits is no table"));
  EXPECT_THAT(errorOf("suppressions = \"a\"\n"), StartsWith("heaptap.toml:1:16: not a list of texts"));
  EXPECT_THAT(errorOf("allow-incomplete = \"yes\"\n"),
              StartsWith("heaptap.toml:1:20: neither true nor false"));
  EXPECT_THAT(errorOf("[[rule]]\nleaked = 0\n"),
              AllOf(StartsWith("heaptap.toml:1:1: a rule for nothing"), HasSubstr("[limits]")));
  EXPECT_THAT(errorOf("[[rule]]\nfunction = \"f\"\n"),
              StartsWith("heaptap.toml:1:1: a rule without a limit"));
  EXPECT_THAT(errorOf("[rule]\nfunction = \"f\"\n"), HasSubstr("write [[rule]]"));
  EXPECT_THAT(errorOf("[[rule]]\nfunction = \"f\"\nleaked = 0\n[[rule]]\nfunction = \"f\"\npeak = 0\n"),
              HasSubstr("a second rule called 'function f'"));
  EXPECT_THAT(errorOf(std::string("\0\xff\xfe", 3)), StartsWith("heaptap.toml:1:"));
  EXPECT_THAT(errorOf(std::string(5000, '[')), StartsWith("heaptap.toml:1:"));
  EXPECT_THAT(errorOf(std::string((1 << 20) + 1, ' ')), HasSubstr("at most 1 MiB"));
  // The first of several.
  EXPECT_THAT(errorOf("[limits]\nzebra = 1\nape = 2\n"), StartsWith("heaptap.toml:2:1: 'zebra'"));
}

TEST(Policy, PatternsAreThoseOfSuppressions) {
  EXPECT_EQ(regexOf("parse"), "(?s)parse");
  EXPECT_EQ(regexOf("^a*b$"), "(?s)^a.*b$");
  EXPECT_EQ(regexOf("f(int)"), "(?s)f\\(int\\)");
  EXPECT_EQ(regexOf("^"), "(?s)^");
}

TEST(BaselineFile, ReadsWhatItWrites) {
  Baseline baseline;
  RunMeasures run;
  run.whole[Metric::Leaked] = 100;
  run.whole[Metric::Peak] = ~std::uint64_t{0};
  run.rules["parser"][Metric::Allocations] = 7;
  run.leaks[{"parse", ""}] = {.bytes = 100, .blocks = 3};
  run.leaks[{"", "libz.so"}] = {.bytes = 1, .blocks = 1};
  baseline["app"] = {run, RunMeasures()};
  const auto read = readBaseline("b.json", writeBaseline(baseline));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, baseline);
}

TEST(BaselineFile, WhatIsNoneIsSaidToBe) {
  for (const char* text :
       {"", "{}", "[]", "null", "{\"heaptapBaseline\":\"1\"}", "{\"heaptapBaseline\":0}",
        "{\"heaptapBaseline\":1}", "{\"heaptapBaseline\":1,\"programs\":[]}",
        "{\"heaptapBaseline\":1,\"programs\":{\"a\":{}}}", "{\"heaptapBaseline\":1,\"programs\":{\"a\":[3]}}",
        "{\"heaptapBaseline\":1,\"programs\":{\"a\":[{\"leaks\":[{\"bytes\":1}]}]}}",
        "{\"heaptapBaseline\":1,\"programs\":{\"a\":[{\"peak\":-1,\"leaks\":[]}]}}"}) {
    const auto read = readBaseline("b.json", text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::Usage);
    EXPECT_THAT(read.error().line(), StartsWith("b.json: neither a session nor a baseline"));
  }
  EXPECT_EQ(readBaseline("b.json", "{\"heaptapBaseline\":2,\"programs\":{}}").error().code,
            Code::SchemaTooNew);
}

}  // namespace
}  // namespace heaptap::analysis
