// SPDX-License-Identifier: Apache-2.0
#include "export/report/heaps_text.h"

#include <gmock/gmock.h>

#include "tests/client/profile_builder.h"
#include "tests/export/synthetic_session.h"

namespace heaptap::exporting {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Summary withHeaps() {
  v1::Summary summary = test::summary();
  *summary.add_heaps() = test::heap(1, "mappings");
  *summary.add_heaps() = test::heap(2, "text\nures");
  return summary;
}

TEST(HeapsText, ListsEachWithItsNumbers) {
  EXPECT_EQ(heapsText(test::summary()), "") << "most programs have none";
  const std::string text = heapsText(withHeaps());
  EXPECT_THAT(text,
              HasSubstr("mappings                            300 B        200 B            2            5"));
  EXPECT_THAT(text, Not(HasSubstr("text\nures"))) << "names are the program's";
}

TEST(HeapsText, TheSitesOfAHeapHaveSharesOfItsPeak) {
  client::ProfileBuilder builder;
  const model::HeapId textures = builder.heap("textures");
  builder.count({.size = 150,
                 .stack = builder.stack({"load", "main"}),
                 .allocations = 1,
                 .atPeak = 1,
                 .heap = textures});
  builder.count(
      {.size = 150, .stack = builder.stack({"temporary", "main"}), .allocations = 1, .heap = textures});
  const std::string text =
      heapSitesText(test::heap(2, "textures"), client::SiteTable(builder.profile()), {0, 1}, {});
  EXPECT_THAT(text, HasSubstr("in textures, of 300 B at its peak"));
  EXPECT_THAT(text, HasSubstr("150 B   50.0 %  load"));
  EXPECT_THAT(text, Not(HasSubstr("temporary"))) << "it had nothing then";
}

TEST(HeapsText, AHeapIsFoundByItsName) {
  EXPECT_EQ(findHeap(withHeaps(), "mappings").value().id(), 1U);
  EXPECT_EQ(findHeap(withHeaps(), "").value().id(), 0U);
  EXPECT_EQ(findHeap(test::summary(), "malloc").value().id(), 0U);
  const auto missing = findHeap(withHeaps(), "sounds");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  EXPECT_THAT(missing.error().line(), HasSubstr("malloc, mappings"));
}

TEST(HeapsText, TheNumbersOfAHeapTakeThePlaceOfMallocs) {
  v1::Summary summary = withHeaps();
  summary.mutable_sampling()->set_interval(1024);
  const v1::Summary own = summaryOfHeap(summary, summary.heaps(1));
  EXPECT_EQ(own.live_bytes(), 200U);
  EXPECT_EQ(own.allocations(), 5U);
  EXPECT_FALSE(own.has_sampling()) << "only malloc's allocations are sampled";
  EXPECT_EQ(summaryOfHeap(summary, v1::HeapReport()).live_bytes(), summary.live_bytes());
}

}  // namespace
}  // namespace heaptap::exporting
