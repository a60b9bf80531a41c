// SPDX-License-Identifier: Apache-2.0
#include "gui/client/findings_reader.h"

#include <gtest/gtest.h>

namespace heaptap::gui {
namespace {

TEST(FindingsReader, ReadsTheStacksAndTheWordsOfReports) {
  v1::FindingsReply reply;
  v1::FindingReport& finding = *reply.add_findings();
  finding.set_kind(v1::FINDING_MISMATCHED_FREE);
  finding.set_count(3);
  finding.set_size(160);
  finding.set_allocation_origin(v1::ORIGIN_NEW_ARRAY);
  finding.set_free_origin(v1::ORIGIN_FREE);
  finding.add_allocation()->set_function("makeNumbers");
  finding.add_free()->set_function("clear");
  finding.add_free()->set_function("main");
  finding.set_thread_name("work\ner");
  FindingsReader reader;
  ASSERT_TRUE(reader.add(reply));
  const Findings findings = reader.finish();
  ASSERT_EQ(findings->size(), 1U);
  const Finding& read = findings->front();
  EXPECT_EQ(read.kind, FindingKind::MismatchedFree);
  EXPECT_EQ(read.words, "mismatched free: operator new[], then free");
  EXPECT_EQ(read.size, 160U);
  EXPECT_EQ(read.declaredSize, std::nullopt);
  EXPECT_EQ(read.allocatedBy, "operator new[]");
  EXPECT_EQ(read.freedBy, "free");
  EXPECT_EQ(read.allocation.at(0).function, "makeNumbers");
  EXPECT_EQ(read.free.size(), 2U);
  EXPECT_TRUE(read.earlierFree.empty());
  EXPECT_EQ(read.threadName, "work er");
}

TEST(FindingsReader, ABlockThatNobodyKnowsHasNoSize) {
  v1::FindingsReply reply;
  reply.add_findings()->set_kind(v1::FINDING_UNKNOWN_FREE);
  reply.add_findings()->set_kind(static_cast<v1::FindingKind>(4'711));
  FindingsReader reader;
  ASSERT_TRUE(reader.add(reply));
  const Findings findings = reader.finish();
  EXPECT_EQ(findings->at(0).size, std::nullopt);
  EXPECT_EQ(findings->at(1).kind, FindingKind::Other);
}

TEST(FindingsReader, KnowsEveryKindOfTheContract) {
  v1::FindingsReply reply;
  for (int kind = v1::FINDING_UNSPECIFIED + 1; kind <= v1::FindingKind_MAX; ++kind)
    reply.add_findings()->set_kind(static_cast<v1::FindingKind>(kind));
  FindingsReader reader;
  ASSERT_TRUE(reader.add(reply));
  const Findings findings = reader.finish();
  ASSERT_FALSE(findings->empty());
  for (const Finding& finding : *findings) {
    EXPECT_NE(finding.kind, FindingKind::Other) << finding.words.toStdString();
    EXPECT_NE(meaningText(finding.kind), meaningText(FindingKind::Other));
  }
}

TEST(FindingsReader, RefusesAStackWithoutEnd) {
  v1::FindingsReply reply;
  v1::FindingReport& finding = *reply.add_findings();
  for (int i = 0; i <= kMostLinesOfAStack; ++i) finding.add_earlier_free();
  FindingsReader reader;
  const auto added = reader.add(reply);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::Corrupt);
}

TEST(FindingsReader, RefusesMoreThanThereCanBe) {
  v1::FindingsReply reply;
  for (int i = 0; i < 40'000; ++i) reply.add_findings();
  FindingsReader reader;
  ASSERT_TRUE(reader.add(reply));
  EXPECT_EQ(reader.add(reply).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heaptap::gui
