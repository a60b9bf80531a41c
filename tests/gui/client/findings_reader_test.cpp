// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/findings_reader.h"

#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"

namespace heaptap::gui {
namespace {

using Reports = std::vector<v1::FindingReport>;

class FindingsOf : public testing::Test {
 protected:
  Result<Findings> read(const Reports& reports) { return readFindings(reports, builder.profile(), texts); }
  std::uint32_t stack(const std::vector<std::string>& functions) {
    return static_cast<std::uint32_t>(model::index(builder.stack(functions)));
  }

  client::ProfileBuilder builder;
  NameTexts texts;
};

TEST_F(FindingsOf, ReadsTheStacksAndTheWordsOfReports) {
  v1::FindingReport finding;
  finding.set_kind(v1::FINDING_MISMATCHED_FREE);
  finding.set_count(3);
  finding.set_size(160);
  finding.set_allocation_origin(v1::ORIGIN_NEW_ARRAY);
  finding.set_free_origin(v1::ORIGIN_FREE);
  finding.set_allocation_stack(stack({"makeNumbers"}));
  finding.set_free_stack(stack({"clear", "main"}));
  builder.thread(4712, "main");
  finding.set_thread(builder.thread(4713, "work\ner"));
  const auto findings = read({finding});
  ASSERT_TRUE(findings);
  ASSERT_EQ((*findings)->size(), 1U);
  const Finding& one = (*findings)->front();
  EXPECT_EQ(one.kind, FindingKind::MismatchedFree);
  EXPECT_EQ(one.words, "mismatched free: operator new[], then free");
  EXPECT_EQ(one.size, 160U);
  EXPECT_EQ(one.declaredSize, std::nullopt);
  EXPECT_EQ(one.allocatedBy, "operator new[]");
  EXPECT_EQ(one.freedBy, "free");
  EXPECT_EQ(one.allocation.at(0).function, "makeNumbers");
  ASSERT_EQ(one.free.size(), 2U);
  EXPECT_EQ(one.free[0].function, "clear");
  EXPECT_TRUE(one.earlierFree.empty());
  EXPECT_EQ(one.thread, 4713U);
  EXPECT_EQ(one.threadName, "work er");
}

TEST_F(FindingsOf, ABlockThatIsNotKnownHasNoSize) {
  Reports reports(2);
  reports[0].set_kind(v1::FINDING_UNKNOWN_FREE);
  reports[1].set_kind(static_cast<v1::FindingKind>(4'711));
  const auto findings = read(reports);
  ASSERT_TRUE(findings);
  EXPECT_EQ((*findings)->at(0).size, std::nullopt);
  EXPECT_EQ((*findings)->at(1).kind, FindingKind::Other);
}

TEST_F(FindingsOf, NamesThatAreNotUtf8AreRepaired) {
  v1::FindingReport finding;
  finding.set_thread(builder.thread(1,
                                    "thr\xE9"
                                    "ad"));
  finding.set_free_stack(stack({"caf\xE9"}));
  const auto findings = read({finding});
  ASSERT_TRUE(findings);
  EXPECT_EQ((*findings)->front().threadName, QString("thr\uFFFD"
                                                     "ad"));
  EXPECT_EQ((*findings)->front().free.at(0).function, QString("caf\uFFFD"));
}

TEST_F(FindingsOf, KnowsEveryKindOfTheContract) {
  Reports reports;
  for (int kind = v1::FINDING_UNSPECIFIED + 1; kind <= v1::FindingKind_MAX; ++kind)
    reports.emplace_back().set_kind(static_cast<v1::FindingKind>(kind));
  const auto findings = read(reports);
  ASSERT_TRUE(findings);
  ASSERT_FALSE((*findings)->empty());
  for (const Finding& finding : **findings) {
    EXPECT_NE(finding.kind, FindingKind::Other) << finding.words.toStdString();
    EXPECT_NE(meaningText(finding.kind), meaningText(FindingKind::Other));
  }
}

TEST_F(FindingsOf, AStackThatIsNotDefinedIsNotRecorded) {
  v1::FindingReport finding;
  finding.set_free_stack(4'711);
  const auto findings = read({finding});
  ASSERT_TRUE(findings);
  EXPECT_TRUE((*findings)->front().free.empty());
}

TEST_F(FindingsOf, RefusesMoreThanThereCanBe) {
  EXPECT_EQ(read(Reports(70'000)).error().code, Code::Corrupt);
}

TEST_F(FindingsOf, RefusesMoreLinesThanThereCanBe) {
  v1::FindingReport finding;
  finding.set_earlier_free_stack(stack(std::vector<std::string>(20'000, "again")));
  ASSERT_TRUE(read({finding})) << "one stack is cut";
  EXPECT_EQ(read(Reports(400, finding)).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heaptap::gui
