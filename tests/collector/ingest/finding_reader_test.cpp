// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/finding_reader.h"

#include <gtest/gtest.h>

#include <functional>

#include "collector/ingest/limits.h"
#include "collector/ingest/session_ingest.h"
#include "tests/collector/recorded_program.h"

namespace heaptap::ingest {
namespace {

using Finding = v1::Findings::Finding;

class FindingReader : public testing::Test {
 protected:
  FindingReader() {
    m_program.free(m_program.allocate(40, m_program.stack({"parse", "main"})));
    for (const auto& message : m_program.messages()) EXPECT_TRUE(m_ingest.apply(message));
  }
  static Finding finding() {
    Finding finding;
    finding.set_kind(v1::FINDING_MISMATCHED_FREE);
    finding.set_count(1);
    finding.set_pair(1);
    finding.set_free_origin(v1::ORIGIN_OPERATOR_DELETE);
    finding.set_free_stack(1);
    return finding;
  }
  Result<void> apply(const Finding& message) {
    return applyFinding(message, m_ingest.record().definitions.now(), m_findings);
  }
  void expectRefused(const std::function<void(Finding&)>& spoil) {
    Finding message = finding();
    spoil(message);
    const auto before = m_findings;
    const auto applied = apply(message);
    ASSERT_FALSE(applied) << message.ShortDebugString();
    EXPECT_EQ(applied.error().code, Code::Corrupt);
    EXPECT_EQ(m_findings, before);
  }

  test::RecordedProgram m_program;
  SessionIngest m_ingest = SessionIngest::begin(m_program.hello()).value();
  std::vector<model::Finding> m_findings;
};

TEST_F(FindingReader, TakesANewOneAndItsCounts) {
  ASSERT_TRUE(apply(finding()));
  Finding again = finding();
  again.set_count(5);
  ASSERT_TRUE(apply(again));
  ASSERT_EQ(m_findings.size(), 1U);
  EXPECT_EQ(m_findings[0].count, 5U);
  EXPECT_EQ(m_findings[0].pair, model::PairId{0});
}

TEST_F(FindingReader, OneMayTurnOutToBeNoneAndStaysSo) {
  ASSERT_TRUE(apply(finding()));
  Finding none = finding();
  none.set_own_operator(true);
  none.set_count(2);
  ASSERT_TRUE(apply(none));
  EXPECT_TRUE(m_findings[0].ownOperator);
  EXPECT_EQ(m_findings[0].count, 2U);
  expectRefused([](Finding& f) { f.set_count(3); });
}

TEST_F(FindingReader, RefusesWhatIsNotDefined) {
  expectRefused([](Finding& f) { f.set_id(1); });
  expectRefused([](Finding& f) { f.set_kind(v1::FINDING_UNSPECIFIED); });
  expectRefused([](Finding& f) { f.set_kind(static_cast<v1::FindingKind>(99)); });
  expectRefused([](Finding& f) { f.set_pair(2); });
  expectRefused([](Finding& f) { f.set_free_stack(1000); });
  expectRefused([](Finding& f) { f.set_earlier_free_stack(1000); });
  expectRefused([](Finding& f) { f.set_thread(7); });
  expectRefused([](Finding& f) { f.set_first_ns(kMaxTimeNs + 1); });
  expectRefused([](Finding& f) { f.set_declared_size(kMaxBlockBytes + 1); });
  expectRefused([](Finding& f) { f.set_free_origin(static_cast<v1::Origin>(256)); });
  expectRefused([](Finding& f) { f.set_count(0); });
}

TEST_F(FindingReader, RefusesToForgetOrToChangeOne) {
  Finding often = finding();
  often.set_count(5);
  ASSERT_TRUE(apply(often));
  expectRefused([](Finding& f) { f.set_count(4); });
  expectRefused([](Finding& f) {
    f.set_count(6);
    f.set_kind(v1::FINDING_DOUBLE_FREE);
  });
}

}  // namespace
}  // namespace heaptap::ingest
