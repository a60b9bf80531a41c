// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/leak_reader.h"

#include <gtest/gtest.h>

#include "tests/client/profile_builder.h"

namespace heaptap::gui {
namespace {

using client::ProfileBuilder;

class LeaksOfASession : public testing::Test {
 protected:
  LeaksOfASession() { builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE); }
  Leaks leaks() {
    const client::SiteTable table(builder.profile());
    return readLeaks(table, rules, texts);
  }
  ProfileBuilder builder;
  analysis::LeakRules rules;
  NameTexts texts;
};

TEST_F(LeaksOfASession, AreOneForEachRootCause) {
  builder.count(
      {.size = 100, .stack = builder.stack({"parse", "load", "main"}), .allocations = 3, .live = 2});
  builder.count(
      {.size = 10, .stack = builder.stack({"parse", "reload", "main"}), .allocations = 1, .live = 1});
  builder.count({.size = 7, .stack = builder.stack({"draw", "main"}), .allocations = 9, .live = 1});
  builder.count({.size = 1, .stack = builder.stack({"freed", "main"}), .allocations = 9, .live = 0});
  const Leaks found = leaks();
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).place.function, "parse");
  EXPECT_EQ(found->at(0).bytes, 210U);
  EXPECT_EQ(found->at(0).blocks, 3U);
  EXPECT_EQ(found->at(0).sites.size(), 2U);
  EXPECT_TRUE(found->at(0).isOwn());
  EXPECT_EQ(found->at(1).place.function, "draw");
}

TEST_F(LeaksOfASession, AreOfEachHeap) {
  builder.count({.size = 100, .stack = builder.stack({"parse", "main"}), .allocations = 1, .live = 1});
  builder.count({.size = 4'096,
                 .stack = builder.stack({"load", "main"}),
                 .allocations = 1,
                 .live = 1,
                 .heap = builder.heap("textures")});
  const Leaks found = leaks();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).heapName, "textures");
  EXPECT_EQ(found->at(1).heapName, "");
}

TEST_F(LeaksOfASession, AreSetApartByRulesOfAnyHeap) {
  ASSERT_TRUE(rules.suppressions.add("known.supp", "leak:^parse$\n"));
  builder.count({.size = 100, .stack = builder.stack({"parse", "main"}), .allocations = 1, .live = 1});
  builder.count({.size = 7, .stack = builder.stack({"draw", "main"}), .allocations = 1, .live = 1});
  builder.count({.size = 4'096,
                 .stack = builder.stack({"parse", "main"}),
                 .allocations = 1,
                 .live = 1,
                 .heap = builder.heap("textures")});
  const Leaks found = leaks();
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ(found->at(0).place.function, "draw");
  for (const std::size_t suppressed : {1U, 2U}) {
    EXPECT_EQ(found->at(suppressed).kind, LeakKind::Suppressed);
    EXPECT_EQ(found->at(suppressed).name, "leak:^parse$");
  }
}

TEST_F(LeaksOfASession, AreNotKnownWhileItRunsOrWhenItWasKilled) {
  builder.count({.size = 100, .stack = builder.stack({"parse", "main"}), .allocations = 1, .live = 1});
  builder.summary().mutable_info()->set_state(v1::SESSION_LIVE);
  EXPECT_FALSE(leaks());
  builder.summary().mutable_info()->set_state(v1::SESSION_CUT_SHORT);
  EXPECT_FALSE(leaks());
  builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  EXPECT_TRUE(leaks());
  builder.summary().set_live_at_end(true);
  EXPECT_FALSE(leaks());
}

}  // namespace
}  // namespace heaptap::gui
