// SPDX-License-Identifier: Apache-2.0
#include "collector/query/findings.h"

#include <gmock/gmock.h>

#include "collector/query/summary.h"
#include "tests/collector/query/view_of.h"

namespace heaptap::query {
namespace {

class FindingsQuery : public testing::Test {
 protected:
  std::uint32_t add(v1::FindingKind kind, std::uint64_t count, std::uint32_t freeStack, v1::Origin freeOrigin,
                    std::uint32_t pair = 1) {
    v1::RecordRequest request;
    auto& finding = *request.mutable_findings()->add_findings();
    finding.set_id(m_findings);
    finding.set_kind(kind);
    finding.set_count(count);
    finding.set_pair(pair);
    finding.set_free_stack(freeStack);
    finding.set_free_origin(freeOrigin);
    program.flush();
    program.send(request);
    return m_findings++;
  }
  test::RecordedProgram program;
  std::uint32_t m_findings = 0;
};

TEST_F(FindingsQuery, TheOneMadeMostOftenComesFirst) {
  program.allocate(160, program.stack({"makeNumbers", "main"}), v1::ORIGIN_NEW_ARRAY);
  const auto rare = add(v1::FINDING_DOUBLE_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_FREE);
  const std::uint32_t clear = program.stack({"clear", "main"});
  const auto often = add(v1::FINDING_MISMATCHED_FREE, 12, clear, v1::ORIGIN_OPERATOR_DELETE);
  const auto view = viewOf(program);
  EXPECT_THAT(standingFindings(*view), testing::ElementsAre(often, rare));
  const std::vector<v1::FindingReport> reports = findingReports(*view);
  ASSERT_EQ(reports.size(), 2U);
  const v1::FindingReport& report = reports[0];
  EXPECT_EQ(report.allocation_stack(), program.stack({"makeNumbers", "main"}));
  EXPECT_EQ(report.free_stack(), clear);
  EXPECT_EQ(report.thread(), 0U);
  EXPECT_EQ(report.size(), 160U);
  EXPECT_EQ(report.allocation_origin(), v1::ORIGIN_NEW_ARRAY);
  EXPECT_EQ(report.earlier_free_stack(), 0U);
  EXPECT_FALSE(report.has_declared_size());
  const v1::Summary summary = summaryOf(overviewOf(*view));
  EXPECT_EQ(summary.findings(), 2U);
  EXPECT_EQ(summary.wrong_uses(), 13U);
}

// A library with the C++ runtime linked into it: its operator new calls malloc unseen.
TEST_F(FindingsQuery, TwoCopiesOfTheRuntimeAreNoMismatch) {
  program.allocate(24, program.stack({"operator new(unsigned long)", "Plugin::make", "main"}));
  program.allocate(24, program.stack({"operator new[](unsigned long)", "Plugin::make", "main"}));
  add(v1::FINDING_MISMATCHED_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_DELETE_SIZED);
  const auto stands =
      add(v1::FINDING_MISMATCHED_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_DELETE_SIZED, 2);
  add(v1::FINDING_MISMATCHED_FREE, 1, program.stack({"operator delete(void*)", "Plugin::drop", "main"}),
      v1::ORIGIN_FREE);
  EXPECT_THAT(standingFindings(*viewOf(program)), testing::ElementsAre(stands));
}

// operator new[] ends in a jump to operator new, in whose stack it is not.
TEST_F(FindingsQuery, ACopysOperatorNewMayHaveBeenThatOfArrays) {
  program.allocate(24, program.stack({"operator new(unsigned long)", "Plugin::make", "main"}));
  add(v1::FINDING_MISMATCHED_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_DELETE_ARRAY);
  const auto stands = add(v1::FINDING_MISMATCHED_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_FREE);
  EXPECT_THAT(standingFindings(*viewOf(program)), testing::ElementsAre(stands));
}

// What the machine code says counts for more than names.
TEST_F(FindingsQuery, WhatAnOperatorOfALibrarysOwnHasDoneIsNoMismatch) {
  program.allocate(24, program.stack({"make", "main"}), v1::ORIGIN_OPERATOR_NEW);
  v1::RecordRequest request;
  auto& finding = *request.mutable_findings()->add_findings();
  finding.set_kind(v1::FINDING_MISMATCHED_FREE);
  finding.set_count(3);
  finding.set_pair(1);
  finding.set_free_stack(program.stack({"drop", "main"}));
  finding.set_free_origin(v1::ORIGIN_FREE);
  finding.set_own_operator(true);
  program.flush();
  program.send(request);
  const auto view = viewOf(program);
  EXPECT_THAT(standingFindings(*view), testing::IsEmpty());
  EXPECT_EQ(summaryOf(overviewOf(*view)).wrong_uses(), 0U);
}

TEST_F(FindingsQuery, ABlockThatIsNotKnownHasNoSize) {
  add(v1::FINDING_UNKNOWN_FREE, 1, program.stack({"drop", "main"}), v1::ORIGIN_FREE, 0);
  const auto view = viewOf(program);
  const std::vector<v1::FindingReport> reports = findingReports(*view);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_FALSE(reports[0].has_size());
  EXPECT_EQ(reports[0].allocation_stack(), 0U);
}

}  // namespace
}  // namespace heaptap::query
