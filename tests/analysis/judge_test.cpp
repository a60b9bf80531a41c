// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A session that is put together by hand.
class MadeSession {
 public:
  explicit MadeSession(std::string name = "run.heaptap") : m_name(std::move(name)) {
    m_builder.summary().set_executable("/usr/bin/program");
    m_builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
    m_builder.summary().set_exit_status(0);
  }
  MadeSession& leaks(std::uint64_t bytes, const std::vector<std::string>& functions) {
    m_builder.count(
        {.size = bytes, .stack = m_builder.stack(functions), .allocations = 1, .live = 1, .atPeak = 1});
    m_live += bytes;
    ++m_blocks;
    return *this;
  }
  MadeSession& allocates(std::uint64_t times, const std::vector<std::string>& functions) {
    m_builder.count(
        {.size = 8, .stack = m_builder.stack(functions), .allocations = times, .temporaries = times});
    m_allocations += times;
    return *this;
  }
  MadeSession& uses(std::uint64_t times, const std::vector<std::string>& functions) {
    v1::FindingReport finding;
    finding.set_kind(v1::FINDING_DOUBLE_FREE);
    finding.set_count(times);
    finding.set_free_stack(static_cast<std::uint32_t>(m_builder.stack(functions)));
    m_findings.push_back(finding);
    return *this;
  }
  v1::Summary& summary() { return m_builder.summary(); }

  [[nodiscard]] MeasuredSession measured(const Policy& policy = {}, const std::string& suppressed = {}) {
    m_builder.summary().set_live_bytes(m_live);
    m_builder.summary().set_live_blocks(m_blocks);
    m_builder.summary().set_peak_bytes(m_live);
    m_builder.summary().set_allocations(m_allocations + m_blocks);
    LeakRules rules;
    if (!suppressed.empty()) {
      EXPECT_TRUE(rules.suppressions.add("test.supp", suppressed));
    }
    const client::Profile profile = m_builder.profile();
    return *measure({.name = m_name, .profile = profile, .findings = m_findings}, policy,
                    LeakJudge(rules, profile));
  }

 private:
  std::string m_name;
  client::ProfileBuilder m_builder;
  std::vector<v1::FindingReport> m_findings;
  std::uint64_t m_live = 0;
  std::uint64_t m_blocks = 0;
  std::uint64_t m_allocations = 0;
};

Policy policyOf(std::string_view text) {
  auto policy = parsePolicy("heaptap.toml", text);
  EXPECT_TRUE(policy) << (policy ? "" : policy.error().line());
  return policy.value_or(Policy());
}

/// `leaked: message` of all that fails.
std::vector<std::string> failuresOf(const Verdict& verdict) {
  std::vector<std::string> all;
  for (const Check& check : verdict.checks)
    for (const Violation& violation : check.violations)
      all.push_back((check.rule.empty() ? "" : check.rule + " ") + check.id + ": " + violation.message);
  return all;
}

TEST(Judge, WithoutAPolicyAnyLeakAndAnyWrongUseFails) {
  MadeSession session;
  session.leaks(100, {"parse", "main"}).leaks(7, {"render", "main"}).uses(2, {"drop", "main"});
  const Verdict verdict = judge({session.measured()}, {}, {});
  EXPECT_FALSE(verdict.passed());
  EXPECT_THAT(failuresOf(verdict), ElementsAre("leaked: leaks 100 B in 1 block, allocated by parse",
                                               "leaked: leaks 7 B in 1 block, allocated by render",
                                               HasSubstr("findings: double free, 2 times")));
  EXPECT_EQ(verdict.checks[1].violations[0].stack.size(), 2U);
  EXPECT_EQ(verdict.checks[1].violations[0].place.function, "parse");
}

TEST(Judge, WhatFreesAllPasses) {
  MadeSession session;
  session.allocates(1000, {"parse", "main"});
  const Verdict verdict = judge({session.measured()}, {}, {});
  EXPECT_TRUE(verdict.passed());
  EXPECT_THAT(verdict.notes, IsEmpty());
  EXPECT_EQ(verdict.checks.size(), 3U);
}

TEST(Judge, SuppressedLeaksPass) {
  MadeSession session;
  session.leaks(100, {"parse", "main"});
  EXPECT_TRUE(judge({session.measured({}, "leak:parse\n")}, {}, {}).passed());
  EXPECT_FALSE(judge({session.measured({}, "leak:render\n")}, {}, {}).passed());
}

TEST(Judge, LimitsHoldForEachSession) {
  const Policy policy = policyOf("[limits]\nleaked = 50\npeak = 150\nallocations = 5\n");
  MadeSession small("a");
  small.leaks(40, {"parse", "main"});
  MadeSession large("b");
  large.leaks(160, {"parse", "main"}).allocates(9, {"run", "main"});
  EXPECT_TRUE(judge({small.measured(policy)}, policy, {}).passed());
  const Verdict verdict = judge({small.measured(policy), large.measured(policy)}, policy, {});
  EXPECT_THAT(failuresOf(verdict),
              ElementsAre("leaked: leaks 160 B in 1 block, allocated by parse",
                          "peak: bytes live at the peak are 160 B, the policy allows 150 B",
                          "allocations: allocations are 10, the policy allows 5"));
  EXPECT_EQ(verdict.checks[1].violations[0].session, "b");
  EXPECT_EQ(verdict.checks[1].violations[0].sessions, 1U);
}

TEST(Judge, ALeakOfSeveralSessionsIsOneViolation) {
  MadeSession a("a");
  a.leaks(10, {"parse", "main"});
  MadeSession b("b");
  b.leaks(30, {"parse", "main"});
  const Verdict verdict = judge({a.measured(), b.measured()}, {}, {});
  ASSERT_EQ(verdict.violations(), 1U);
  EXPECT_EQ(verdict.checks[1].violations[0].sessions, 2U);
  EXPECT_EQ(verdict.checks[1].violations[0].session, "b");
  EXPECT_EQ(verdict.checks[1].measured, "30 B");
}

TEST(Judge, APolicyThatIsSilentOnLeaksDoesNotAllowThem) {
  const Policy policy = policyOf("[limits]\npeak = \"1 GiB\"\n");
  MadeSession session;
  session.leaks(10, {"parse", "main"});
  EXPECT_FALSE(judge({session.measured(policy)}, policy, {}).passed());
  const Policy any = policyOf("[limits]\nleaked = \"any\"\n");
  EXPECT_TRUE(judge({session.measured(any)}, any, {}).passed());
  const Policy blocks = policyOf("[limits]\nleaked-blocks = 1\n");
  EXPECT_TRUE(judge({session.measured(blocks)}, blocks, {}).passed());
}

TEST(Judge, RulesAreForPartsOfAProgram) {
  const Policy policy = policyOf(R"(
[limits]
leaked = "any"
[[rule]]
name = "parser"
function = "^parse"
leaked = 0
allocations = 3
[[rule]]
module = "libz"
allocations = 0
)");
  MadeSession session;
  session.leaks(10, {"parse", "main"})
      .leaks(20, {"render", "main"})
      .allocates(3, {"make", "parseAll", "main"});
  const Verdict verdict = judge({session.measured(policy)}, policy, {});
  EXPECT_THAT(failuresOf(verdict), ElementsAre("parser leaked: leaks 10 B in 1 block, allocated by parse",
                                               "parser allocations: allocations are 4, the policy allows 3"));
}

TEST(Judge, AgainstABaselineOnlyWhatIsWorseFails) {
  MadeSession before("before");
  before.leaks(100, {"parse", "main"}).leaks(50, {"render", "main"}).uses(1, {"drop", "main"});
  const Baseline baseline = baselineOf({before.measured()});
  MadeSession same("same");
  same.leaks(100, {"parse", "main"}).uses(1, {"drop", "main"});
  EXPECT_TRUE(judge({same.measured()}, {}, baseline).passed());
  MadeSession worse("worse");
  worse.leaks(120, {"parse", "main"})
      .leaks(8, {"fetch", "main"})
      .uses(1, {"drop", "main"})
      .uses(1, {"other", "main"});
  EXPECT_THAT(
      failuresOf(judge({worse.measured()}, {}, baseline)),
      ElementsAre("leaked-growth: leaks 120 B in 1 block, 100 B in the baseline, allocated by parse",
                  "leaked-growth: leaks 8 B in 1 block, none in the baseline, allocated by fetch",
                  HasSubstr("findings-growth: double free"), HasSubstr("findings-growth: double free")));
}

TEST(Judge, GrowthMustExceedWhatIsAllowedAndWhatVaries) {
  const Policy policy = policyOf("[growth]\nallocations = \"10 %\"\n");
  const auto run = [&policy](std::uint64_t times) {
    MadeSession session("run");
    session.allocates(times, {"work", "main"});
    return session.measured(policy);
  };
  const Baseline steady = baselineOf({run(1000)});
  EXPECT_TRUE(judge({run(1100)}, policy, steady).passed());
  EXPECT_THAT(failuresOf(judge({run(1101)}, policy, steady)),
              ElementsAre("allocations-growth: allocations are 1,101, 1,000 in the baseline"));
  const Baseline varying = baselineOf({run(900), run(1000), run(1300)});
  EXPECT_TRUE(judge({run(1400)}, policy, varying).passed());
  EXPECT_FALSE(judge({run(1401)}, policy, varying).passed());
  // One run of several that is worse is no change.
  EXPECT_TRUE(judge({run(1000), run(1000), run(5000)}, policy, steady).passed());
}

TEST(Judge, WithoutABaselineGrowthIsSaidNotToBeChecked) {
  const Policy policy = policyOf("[growth]\nallocations = \"10 %\"\nleaked = 0\n");
  MadeSession session;
  session.leaks(10, {"parse", "main"});
  const Verdict verdict = judge({session.measured(policy)}, policy, {});
  EXPECT_THAT(verdict.notes,
              Contains(HasSubstr("no baseline of program: growth of allocations is not checked")));
  EXPECT_THAT(failuresOf(verdict), ElementsAre(HasSubstr("leaked: leaks 10 B")));
}

TEST(Judge, ARecordThatIsNotWholeProvesNothing) {
  MadeSession session;
  session.summary().set_dropped_frees(3);
  EXPECT_THAT(failuresOf(judge({session.measured()}, {}, {})),
              ElementsAre(HasSubstr("record: the record is not whole")));
  const Policy policy = policyOf("allow-incomplete = true\n");
  const Verdict verdict = judge({session.measured(policy)}, policy, {});
  EXPECT_TRUE(verdict.passed());
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("3 events were dropped")));
  session.summary().set_dropped_frees(0);
  session.summary().mutable_info()->set_state(v1::SESSION_CUT_SHORT);
  EXPECT_FALSE(judge({session.measured()}, {}, {}).passed());
  session.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  EXPECT_TRUE(judge({session.measured()}, {}, {}).passed());
  session.summary().set_recording_stopped(true);
  EXPECT_FALSE(judge({session.measured()}, {}, {}).passed());
}

TEST(Judge, WhatASignalHasEndedLeaksNothing) {
  MadeSession session;
  session.leaks(10, {"parse", "main"});
  session.summary().set_live_at_end(true);
  const Verdict verdict = judge({session.measured()}, {}, {});
  EXPECT_TRUE(verdict.passed());
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("nothing is known of leaks")));
}

TEST(Judge, ProgramsAreJudgedApart) {
  MadeSession app("app");
  MadeSession tool("tool");
  tool.summary().set_executable("/usr/bin/tool");
  tool.leaks(10, {"parse", "main"});
  const Verdict verdict = judge({app.measured(), tool.measured()}, {}, {});
  EXPECT_EQ(verdict.checks.size(), 6U);
  EXPECT_TRUE(verdict.checks[1].passed());
  EXPECT_EQ(verdict.checks[4].program, "tool");
  EXPECT_FALSE(verdict.checks[4].passed());
}

TEST(Judge, FingerprintsAreThoseOfThePlaceNotOfTheNumber) {
  const auto printOf = [](std::uint64_t bytes, const std::string& function) {
    MadeSession session;
    session.leaks(bytes, {function, "main"});
    return judge({session.measured()}, {}, {}).checks.at(1).violations.at(0).fingerprint;
  };
  EXPECT_EQ(printOf(10, "parse(int)"), printOf(20, "parse(int)"));
  EXPECT_NE(printOf(10, "parse(int)"), printOf(10, "render(int)"));
}

TEST(Judge, ALimitThatSamplesDoNotProveFails) {
  MadeSession session;
  session.allocates(1'000, {"work", "main"});
  session.summary().mutable_sampling()->set_interval(1 << 20);
  session.summary().set_allocated_bytes(8'000);
  session.summary().set_frees(900);
  EXPECT_THAT(failuresOf(judge({session.measured()}, {}, {})),
              ElementsAre(AllOf(
                  HasSubstr("leaked: leaked bytes may be as many as 7.81 KiB: one allocation in 1.00 MiB"),
                  HasSubstr("does not prove that they are at most 0 B"))));
  const auto failures = [&](const char* policy) {
    const Policy read = policyOf(policy);
    return failuresOf(judge({session.measured(read)}, read, {}));
  };
  EXPECT_THAT(failures("[limits]\nleaked = 8_000\n"), IsEmpty()) << "no more was allocated";
  EXPECT_THAT(failures("[limits]\nleaked = \"any\"\nleaked-blocks = 99\n"),
              Contains(HasSubstr("may be as many as 100")));
  EXPECT_THAT(failures("[limits]\nleaked = \"any\"\nleaked-blocks = 100\n"), IsEmpty()) << "counted";
  EXPECT_THAT(failures("[limits]\nleaked = \"any\"\npeak = 100\n"),
              Contains(HasSubstr("bytes live at the peak may be")));
  const Policy lenient = policyOf("allow-incomplete = true\n");
  const Verdict verdict = judge({session.measured(lenient)}, lenient, {});
  EXPECT_TRUE(verdict.passed());
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("leaked bytes may be as many as")));
  // Against a baseline that has seen nothing either, nothing is proved.
  const MeasuredSession measured = session.measured();
  EXPECT_FALSE(judge({measured}, {}, baselineOf({measured})).passed());
  session.summary().set_frees(1'000);
  EXPECT_TRUE(judge({session.measured()}, {}, {}).passed()) << "every block was freed, as was counted";
}

TEST(Judge, SaysWhatItIsNotAbout) {
  MadeSession session;
  session.leaks(300, {"fill", "main"}).allocates(5, {"work", "main"});
  const Policy policy = policyOf(
      "[limits]\nleaked = 0\n[[rule]]\nfunction = \"^nosuch\"\nleaked = 0\n"
      "[[rule]]\nfunction = \"^work\"\nleaked = 0\n[[rule]]\nheap = \"nosuch\"\nleaked = 0\n");
  const Verdict verdict = judge({session.measured(policy, "leak:fill\nleak:nothingsuch\n")}, policy, {});
  EXPECT_TRUE(verdict.passed());
  EXPECT_THAT(
      verdict.notes,
      ElementsAre("run.heaptap: not judged, as it is suppressed: 300 B in 1 block, by leak:fill (test.supp)",
                  "test.supp:2: the suppression leak:nothingsuch matches nothing",
                  HasSubstr("the rule 'function ^nosuch' is about nothing"),
                  HasSubstr("the rule 'heap nosuch' is about nothing")));
  // What one of several runs needs is of use.
  MadeSession other("other.heaptap");
  other.allocates(1, {"nosuchYet", "main"});
  const Verdict both =
      judge({session.measured(policy, "leak:fill\n"), other.measured(policy, "leak:fill\n")}, policy, {});
  EXPECT_THAT(both.notes, ElementsAre(HasSubstr("suppressed: 300 B"), HasSubstr("'heap nosuch'")));
}

TEST(Judge, ANumberAndItsLimitNeverReadTheSame) {
  MadeSession session;
  session.leaks(4'800, {"parse", "main"});
  const Policy policy = policyOf("[limits]\nleaked = 4799\n");
  const Verdict verdict = judge({session.measured(policy)}, policy, {});
  ASSERT_FALSE(verdict.passed());
  const Check& check = verdict.checks[1];
  EXPECT_EQ(check.title, "leaked bytes: at most 4.69 KiB (4,799 bytes)");
  EXPECT_EQ(check.measured, "4.69 KiB (4,800 bytes)");
  EXPECT_EQ(check.violations[0].detail,
            "leaked bytes are 4.69 KiB (4,800 bytes), the policy allows 4.69 KiB (4,799 bytes)");
  EXPECT_EQ(formatExactly(Metric::Leaked, 64 << 10), "64.0 KiB");
  EXPECT_EQ(formatExactly(Metric::Allocations, 4'799), "4,799");
}

}  // namespace
}  // namespace heaptap::analysis
