// SPDX-License-Identifier: Apache-2.0
#include "export/comparison/side_names.h"

#include <gtest/gtest.h>

namespace heaptap::exporting {
namespace {

using Names = std::pair<std::string, std::string>;

TEST(DistinctEnds, AreAsShortAsTheyCanBe) {
  EXPECT_EQ(distinctEnds("/x/a.heaptap", "/x/b.heaptap"), Names("a.heaptap", "b.heaptap"));
  EXPECT_EQ(distinctEnds("/x/old/s", "/x/new/s"), Names("old/s", "new/s"));
  EXPECT_EQ(distinctEnds("/x/old/day/s", "/x/new/day/s"), Names("old/day/s", "new/day/s"));
  EXPECT_EQ(distinctEnds("./old/../old/s", "new/s"), Names("old/s", "new/s"));
}

TEST(DistinctEnds, OfOnePathAndOfPartsOfAnother) {
  EXPECT_EQ(distinctEnds("/x/s", "/x/s"), Names("s", "s"));
  EXPECT_EQ(distinctEnds("s", "./s"), Names("s", "s"));
  EXPECT_EQ(distinctEnds("s", "/s"), Names("s", "/s"));
  EXPECT_EQ(distinctEnds("s", "/a/b/s"), Names("s", "/a/b/s"));
  EXPECT_EQ(distinctEnds("", ""), Names("", ""));
  // Ids of a collector have no parts.
  EXPECT_EQ(distinctEnds("4f1a", "4f1b"), Names("4f1a", "4f1b"));
}

}  // namespace
}  // namespace heaptap::exporting
